import { normalQuantile } from '../stats/distributions.ts'
import { mean, rateOf, sum, type Counts, type Pair } from '../stats/pair.ts'
import { varianceOfOne } from '../stats/interval.ts'
import { stratifiedTest } from '../stats/stratified.ts'
import type { PlannedLook } from './plan.ts'

/** One task at a look. */
export interface SeenTask extends Pair {
  task: string
  /** Candidate trials that errored too often, and are left out. */
  out: number
}

/** What one look has shown. z values are one-sided; the gate stops where one reaches its bound. */
export interface LookResult {
  round: number
  /** Candidate trials that it rests on. */
  trials: number
  /** Candidate's minus base's pass rate, mean over all tasks; skipped ones count as unchanged. */
  difference: number
  zWorse: number
  zBetter: number
  zNoDrop: number
  finding: 'regressed' | 'improved' | 'no-drop' | 'open'
}

/**
 * z values of one look: "worse" and "better" from the mid-p of the exact stratified test; "no drop beyond the margin" from the
 * estimate and a standard error with the variance of both sides pooled, and 1/4 of one trial's variance more on either side, as
 * in `differenceInterval`. `unchanged` = tasks that are not run because they have nothing to lose; margin in (0,1].
 */
export function lookAt(
  seen: readonly SeenTask[],
  planned: PlannedLook,
  margin: number,
  unchanged: number,
): LookResult {
  const usable = seen.filter(({ base, candidate }) => base.graded > 0 && candidate.graded > 0)
  const trials = sum(usable.map(({ candidate }) => candidate.graded))
  if (usable.length === 0) {
    return { round: planned.round, trials, difference: 0, zWorse: 0, zBetter: 0, zNoDrop: 0, finding: 'open' }
  }
  const { regressed, improved } = stratifiedTest(usable)
  const tasks = usable.length + unchanged
  const difference = sum(usable.map(({ base, candidate }) => rateOf(candidate) - rateOf(base))) / tasks
  const zWorse = zOf(regressed.midP)
  const zBetter = zOf(improved.midP)
  const zNoDrop = (difference + margin) / (pooledError(usable) / tasks)
  const finding =
    zWorse >= planned.changedFrom
      ? 'regressed'
      : zBetter >= planned.changedFrom
        ? 'improved'
        : zNoDrop >= planned.noDropFrom
          ? 'no-drop'
          : 'open'
  return { round: planned.round, trials, difference, zWorse, zBetter, zNoDrop, finding }
}

function zOf(midP: number): number {
  return midP <= 0 ? Infinity : midP >= 1 ? -Infinity : -normalQuantile(midP)
}

/** Standard error of the sum over tasks of the difference of rates. */
function pooledError(pairs: readonly Pair[]): number {
  const pooled = ({ base, candidate }: Pair): Counts => ({
    passed: base.passed + candidate.passed,
    graded: base.graded + candidate.graded,
  })
  const ofTrials = ({ base, candidate }: Pair): number => 1 / base.graded + 1 / candidate.graded
  // In an order of their own, so that the last bit does not depend on how the tasks are called.
  const parts = pairs.map(pair => varianceOfOne(pooled(pair)) * ofTrials(pair)).toSorted((a, b) => a - b)
  return Math.sqrt(sum(parts) + mean(pairs.map(ofTrials)) / 4)
}
