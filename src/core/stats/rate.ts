import { z95 } from './distributions.ts'
import { mean, rateOf, sum, type Counts } from './pair.ts'
import { varianceOfOne } from './interval.ts'

/** A rate in [0,1] with 5 % one-sided bounds on either side, from `n` trials. */
export interface LikelyRate {
  value: number
  lo: number
  hi: number
  n: number
}

/** Pass rate of one task: Wilson's score interval (Wilson 1927, JASA 22). Needs at least one trial. */
export function taskRate(counts: Counts, z: number = z95): LikelyRate {
  const n = counts.graded
  const value = rateOf(counts)
  const centre = (value + (z * z) / (2 * n)) / (1 + (z * z) / n)
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((value * (1 - value)) / n + (z * z) / (4 * n * n))
  return { value, lo: value === 0 ? 0 : centre - half, hi: value === 1 ? 1 : centre + half, n }
}

/**
 * Mean over tasks of the task's pass rate, for these tasks: the one-sided half of `differenceInterval`. A task with a single
 * trial says nothing of its own variance: it takes that of a trial of the whole suite, which can only be too large. A single
 * task has its own interval. Needs at least one task, each with at least one trial.
 */
export function suiteRate(tasks: readonly Counts[]): LikelyRate {
  const [first, ...others] = tasks
  if (first && others.length === 0) return taskRate(first)
  const ordered = tasks.toSorted((a, b) => a.graded - b.graded || a.passed - b.passed)
  const value = mean(ordered.map(rateOf))
  const variances = ordered.map(
    task => (task.graded > 1 ? varianceOfOne(task) : value * (1 - value)) / task.graded,
  )
  const floor = mean(ordered.map(task => 1 / task.graded)) / 4
  const half = (z95 * Math.sqrt(sum(variances) + floor)) / tasks.length
  return {
    value,
    lo: Math.max(0, value - half),
    hi: Math.min(1, value + half),
    n: sum(tasks.map(({ graded }) => graded)),
  }
}
