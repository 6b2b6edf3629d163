import type { Pair } from './pair.ts'
import { logChoose } from './special.ts'

/** One possible number of the candidate's passes, and its chance. */
export interface PassChance {
  passed: number
  chance: number
}

/**
 * How many of one task's passes fall on the candidate if the labels base and candidate are dealt out by chance: the
 * hypergeometric distribution over all counts that are possible, in rising order. This is what "nothing changed" means
 * for fixed margins (Fisher 1935, The Design of Experiments).
 */
export function passesByChance({ base, candidate }: Pair): PassChance[] {
  const trials = base.graded + candidate.graded
  const passes = base.passed + candidate.passed
  const lowest = Math.max(0, passes - base.graded)
  const highest = Math.min(passes, candidate.graded)
  const logAll = logChoose(trials, candidate.graded)
  return Array.from({ length: highest - lowest + 1 }, (_, i) => {
    const passed = lowest + i
    const logWays = logChoose(passes, passed) + logChoose(trials - passes, candidate.graded - passed)
    return { passed, chance: Math.exp(logWays - logAll) }
  })
}
