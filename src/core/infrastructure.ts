import { atMost, weigh, type Evidence, type Finding } from './evidence.ts'
import type { PairedTask } from './paired-tasks.ts'
import { fisherTwoSided } from './stats/fisher.ts'
import { sum, type Counts, type Pair } from './stats/pair.ts'
import { count, percent, someOf, when } from './words.ts'

/** The largest share of errored trials of the candidate that a verdict can bear. */
const bearableShare = 0.02

/** Level at which the two sides' shares of errored trials are taken to differ. */
const differenceLevel = 0.05

/** What errored trials do to a comparison. */
export interface Trouble {
  /** Why the trials cannot carry a verdict, in whole sentences; empty if they can. */
  reasons: string[]
  /** Whether it is a regression even with every errored trial taken for a pass. */
  regressedAnyway: boolean
}

/**
 * Errored trials say nothing of the agent, so they are left out; but where they are many, or uneven, or decide the verdict,
 * what is left over is no fair draw any more. `isRed` tells which findings stop a gate.
 */
export function troubleOf(
  paired: readonly PairedTask[],
  labels: { base: string; candidate: string },
  evidence: Evidence | null,
  margin: number,
  isRed: (finding: Finding) => boolean,
): Trouble {
  const base = erroredOf(paired, 'base')
  const candidate = erroredOf(paired, 'candidate')
  const reasons = [
    ...ungraded(paired, labels),
    ...when(
      candidate.errored > bearableShare * candidate.trials,
      `${share(candidate)} of ${labels.candidate} errored, more than ${percent(bearableShare)}.`,
    ),
    ...when(
      differ(base, candidate),
      `The sides differ in how many trials errored: ${share(base)} of ${labels.base}, ${share(candidate)} of ${labels.candidate}.`,
    ),
  ]
  if (!evidence || base.errored + candidate.errored === 0)
    return { reasons, regressedAnyway: evidence !== null }

  const asFailures = weigh(withErrored(paired, 0), margin).finding
  const flip = when(
    isRed(asFailures) !== isRed(evidence.finding),
    `Counting the errored trials as failures would turn "${evidence.finding}" into "${asFailures}".`,
  )
  return {
    reasons: [...reasons, ...flip],
    regressedAnyway: weigh(withErrored(paired, 1), margin).finding === 'regressed',
  }
}

function ungraded(paired: readonly PairedTask[], labels: { base: string; candidate: string }): string[] {
  return (['base', 'candidate'] as const).flatMap(side => {
    const known = paired.filter(entry => entry[side] !== null)
    const without = known.filter(entry => entry[side]?.graded === 0).map(({ task }) => task)
    if (known.length === 0 || without.length === 0) return []
    return [
      `Nothing was graded of ${labels[side]}${without.length < known.length ? ` in ${someOf(without)}` : ''}.`,
    ]
  })
}

/** Errored trials among all trials of one side. */
interface Errored {
  errored: number
  trials: number
}

function erroredOf(paired: readonly PairedTask[], side: 'base' | 'candidate'): Errored {
  const tasks = paired.flatMap(entry => entry[side] ?? [])
  return {
    errored: sum(tasks.map(task => task.errored)),
    trials: sum(tasks.map(task => task.errored + task.graded)),
  }
}

function differ(base: Errored, candidate: Errored): boolean {
  if (base.trials === 0 || candidate.trials === 0) return false
  const counts = ({ errored, trials }: Errored): Counts => ({ passed: errored, graded: trials })
  return atMost(fisherTwoSided({ base: counts(base), candidate: counts(candidate) }), differenceLevel)
}

function share({ errored, trials }: Errored): string {
  return `${errored} of ${count(trials, 'trial')} (${percent(trials === 0 ? 0 : errored / trials, 1)})`
}

/** The same tasks with errored trials counted, each with this score. */
function withErrored(paired: readonly PairedTask[], score: 0 | 1): Pair[] {
  const filled = (side: { passed: number; graded: number; errored: number }): Counts => ({
    passed: side.passed + score * side.errored,
    graded: side.graded + side.errored,
  })
  return paired
    .flatMap(({ kind, base, candidate }) =>
      kind !== 'differs' && base && candidate ? [{ base: filled(base), candidate: filled(candidate) }] : [],
    )
    .filter(({ base, candidate }) => base.graded > 0 && candidate.graded > 0)
}
