import { rateOf, sum, type Counts } from './pair.ts'
import { varianceOfOne } from './interval.ts'

/** With fewer trials nobody knows whether a task is flaky. */
const enoughTrials = 5

/** A flaky task's pass rate lies between these: it neither nearly always passes nor nearly never. */
const flakyRates = { above: 0.1, below: 0.9 }

/** A task that sometimes passes and sometimes does not, with nothing changed. */
export interface FlakyTask {
  task: string
  passRate: number
  /** Share of the suite's whole variance of single trials, in [0,1]. */
  shareOfVariance: number
  n: number
}

/**
 * The flaky tasks of one setup, the noisiest first: at least five trials, of which more than 10 and less than 90 % passed. The
 * variance of one trial is p(1-p)·n/(n-1), without bias (Miller 2024, arXiv 2411.00640, section 3.1).
 */
export function flakyTasks(tasks: readonly (Counts & { task: string })[]): FlakyTask[] {
  const varianceOf = (counts: Counts): number => (counts.graded > 1 ? varianceOfOne(counts) : 0)
  const ordered = tasks.toSorted(
    (a, b) => varianceOf(b) - varianceOf(a) || (a.task < b.task ? -1 : a.task > b.task ? 1 : 0),
  )
  const whole = sum(ordered.map(varianceOf))
  return ordered
    .filter(({ graded }) => graded >= enoughTrials)
    .filter(counts => rateOf(counts) > flakyRates.above && rateOf(counts) < flakyRates.below)
    .map(counts => ({
      task: counts.task,
      passRate: rateOf(counts),
      shareOfVariance: varianceOf(counts) / whole,
      n: counts.graded,
    }))
}
