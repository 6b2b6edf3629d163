import { differenceInterval, type LikelyDifference } from './interval.ts'
import type { Pair } from './pair.ts'
import { stratifiedTest } from './stratified.ts'

/** Two-sided level from which the day itself is taken to have changed. */
const driftLevel = 0.1

/** Whether the same setup does today as it did when its baseline was stored. */
export interface Drift {
  /** Two-sided mid-p of the stratified exact test. */
  p: number
  drifted: boolean
  /** Today's minus the stored pass rate. */
  difference: LikelyDifference
}

/**
 * Canary trials (the baseline's own setup, run again today) against the stored baseline: `base` = stored, `candidate` =
 * canary. If they differ (p < 10 %), only trials of the same day may be compared. Twice the smaller of the two one-sided mid-p
 * values (Agresti 2002, Categorical Data Analysis, 1.4.5). Null without any task that has both.
 */
export function driftTest(pairs: readonly Pair[]): Drift | null {
  const usable = pairs.filter(({ base, candidate }) => base.graded > 0 && candidate.graded > 0)
  if (usable.length === 0) return null
  const { regressed, improved } = stratifiedTest(usable)
  const p = Math.min(1, 2 * Math.min(regressed.midP, improved.midP))
  return { p, drifted: p < driftLevel, difference: differenceInterval(usable) }
}
