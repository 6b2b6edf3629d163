import { bisect } from '../../core/stats/special.ts'
import { mean } from '../../core/stats/pair.ts'
import type { Chance } from './chance.ts'

/** How hard the tasks of a suite are: the true pass probability of one task. */
export const mixes = {
  /** 45 % solid, 20 % hopeless, the rest in between: like public boards of repository tasks. */
  swe: chance => {
    const kind = chance.uniform()
    if (kind < 0.45) return chance.beta(20, 1)
    return kind < 0.65 ? chance.beta(1, 20) : chance.beta(2, 1.5)
  },
  /** Nearly always or nearly never. */
  bimodal: chance => chance.beta(0.5, 0.5),
  /** A suite that the agent has nearly mastered. */
  mature: chance => chance.beta(8, 1.2),
} satisfies Record<string, (chance: Chance) => number>

export type Mix = keyof typeof mixes
export const mixNames: readonly Mix[] = ['swe', 'bimodal', 'mature']

/** The true pass probability of each task before and after a change. */
export interface Truth {
  before: number[]
  after: number[]
}

/** What happens to a suite: nothing, the mean falls by so much, or tasks break (down to 2 %). */
export type Event =
  | { kind: 'nothing' }
  | { kind: 'drop'; by: number }
  | { kind: 'break'; share: number }
  | { kind: 'break-one' }

const brokenRate = 0.02

/** A suite of so many tasks and what happens to it. A suite that could not fall so far is drawn again. */
export function drawTruth(chance: Chance, mix: Mix, tasks: number, event: Event): Truth {
  for (;;) {
    const before = Array.from({ length: tasks }, () => mixes[mix](chance))
    const after = happen(chance, before, event)
    if (after) return { before, after }
  }
}

function happen(chance: Chance, before: number[], event: Event): number[] | null {
  switch (event.kind) {
    case 'nothing':
      return before
    case 'drop': {
      if (mean(before) <= event.by + 0.01) return null
      const loss = bisect(most => mean(before.map(p => Math.min(p, most))), event.by, 0, 1)
      return before.map(p => Math.max(0, p - loss))
    }
    case 'break': {
      const broken = pick(chance, before, 0.5, Math.round(event.share * before.length))
      return broken && before.map((p, i) => (broken.has(i) ? brokenRate : p))
    }
    case 'break-one': {
      const broken = pick(chance, before, 0.9, 1)
      return broken && before.map((p, i) => (broken.has(i) ? brokenRate : p))
    }
  }
}

/** So many of the tasks that worked at least that well, for one that failed anyway cannot break; null if there are too few. */
function pick(chance: Chance, rates: readonly number[], atLeast: number, count: number): Set<number> | null {
  const all = rates.flatMap((rate, i) => (rate >= atLeast ? [i] : []))
  if (all.length < count) return null
  return new Set(
    Array.from({ length: count }, () => all.splice(Math.floor(chance.uniform() * all.length), 1)).flat(),
  )
}
