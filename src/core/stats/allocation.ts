import { sum, type Counts } from './pair.ts'

/** What a stored baseline knows of one task. Cost of one trial; null where it is unknown. */
export interface TaskHistory extends Counts {
  costUsd: number | null
}

/** A task with so many baseline trials and no pass has nothing to lose: a gate need not run it. */
const hopelessAfter = 10

/** Fewer trials of a task could not even tell how noisy it is. */
export const fewestPerTask = 2

/** No task gets more than this many times its even share: its variance is only an estimate. */
const mostTimesEven = 2

/** Whether a drop of this task cannot be seen, because it has never passed in many trials. */
export function isHopeless({ passed, graded }: Counts): boolean {
  return passed === 0 && graded >= hopelessAfter
}

/**
 * What hopeless tasks would pass on average if they were run, summed over them. They were chosen for their bad luck as well: of
 * tasks that pass now and then, the lucky ones stay and would seem to fall. Good and Turing's estimate of the unseen (Good 1953,
 * Biometrika 40): tasks that passed exactly once, each by its number of trials.
 */
export function unseenPasses(tasks: readonly Counts[]): number {
  const once = tasks.filter(({ passed, graded }) => passed === 1 && graded >= hopelessAfter)
  return sum(once.map(({ graded }) => 1 / graded).toSorted((a, b) => a - b))
}

/**
 * Standard deviation of one trial of a task, after one imagined pass and failure: a task that has always passed so far is
 * not certain to pass (Laplace's rule of succession).
 */
export function trialDeviation({ passed, graded }: Counts): number {
  const rate = (passed + 1) / (graded + 2)
  return Math.sqrt(rate * (1 - rate))
}

/**
 * Trials of each task that give the mean of all tasks the precision of `perTask` trials each, for the least money: n in
 * proportion to deviation/√cost (Neyman 1934, JRSS 97; with costs Cochran 1977, Sampling Techniques, 5.5). Costs count only
 * where all of them are known; else all tasks cost the same. To be decided from the baseline alone, before any candidate trial.
 */
export function allocate(tasks: readonly TaskHistory[], perTask: number): number[] {
  const costs = tasks.map(({ costUsd }) => costUsd)
  const known = costs.every(cost => cost !== null && cost > 0)
  const weights = tasks.map((task, i) => ({
    deviation: trialDeviation(task),
    rootCost: known ? Math.sqrt(costs[i] ?? 1) : 1,
  }))
  const variance = sum(weights.map(({ deviation }) => deviation ** 2)) / perTask
  const scale = sum(weights.map(({ deviation, rootCost }) => deviation * rootCost)) / variance
  return weights.map(({ deviation, rootCost }) => {
    const wanted = Math.round((scale * deviation) / rootCost)
    return Math.min(Math.max(wanted, Math.min(fewestPerTask, perTask)), mostTimesEven * perTask)
  })
}
