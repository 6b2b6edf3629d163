import { studentQuantile } from './distributions.ts'
import { differenceOf, type LikelyDifference } from './interval.ts'
import { inFixedOrder, mean, sum, type Pair } from './pair.ts'

/**
 * The difference to be expected on *new* tasks like these: tasks are chance as well as trials. Student's t interval over the
 * tasks' differences (the paired, clustered analysis of Miller 2024, arXiv 2411.00640). Null with fewer than two tasks.
 */
export function generalise(pairs: readonly Pair[]): LikelyDifference | null {
  if (pairs.length < 2) return null
  const differences = inFixedOrder(pairs).map(differenceOf)
  const value = mean(differences)
  const variance = sum(differences.map(difference => (difference - value) ** 2)) / (pairs.length - 1)
  const half = studentQuantile(0.95, pairs.length - 1) * Math.sqrt(variance / pairs.length)
  return { value, lo: Math.max(-1, value - half), hi: Math.min(1, value + half) }
}
