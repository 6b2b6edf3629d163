import { normalCdf, normalQuantile } from './stats/distributions.ts'
import { mean, rateOf, sum, type Counts } from './stats/pair.ts'
import { bisect } from './stats/special.ts'

/** Variance of one trial where nothing is known of a task: what 60,000 public agent runs show at least (arXiv 2602.07150). */
export const usualVariance = 0.11

/** One task as its baseline shows it. */
export interface KnownTask {
  /** Pass rate in [0,1]; null without any trial. */
  rate: number | null
  /** Variance of one trial, without bias. */
  variance: number
  baseTrials: number
}

/** Tasks without a baseline: only how many, and how many baseline trials they are to have. */
export function unknownTasks(tasks: number, baseTrials: number): KnownTask[] {
  return Array.from({ length: tasks }, () => ({ rate: null, variance: usualVariance, baseTrials }))
}

/**
 * Tasks as their counts show them. A rate is drawn to the mean of all as far as the rates differ by chance alone (the linear
 * empirical Bayes estimate, Efron and Morris 1973, JASA 68): a task that failed five times may still pass now and then. The
 * variance is not: a single trial says nothing of its own variance, else it is unbiased.
 */
export function knownTasks(tasks: readonly Counts[]): KnownTask[] {
  const rates = tasks.map(rateOf)
  const variances = tasks.map(({ graded }, i) => {
    const rate = rates[i] ?? 0
    return graded > 1 ? (rate * (1 - rate) * graded) / (graded - 1) : usualVariance
  })
  const centre = mean(rates)
  const seen = sum(rates.map(rate => (rate - centre) ** 2)) / Math.max(1, tasks.length - 1)
  const byChance = mean(tasks.map(({ graded }, i) => (variances[i] ?? 0) / graded))
  const kept = seen > 0 ? Math.max(0, 1 - byChance / seen) : 0
  return tasks.map(({ graded }, i) => ({
    rate: centre + kept * ((rates[i] ?? 0) - centre),
    variance: variances[i] ?? usualVariance,
    baseTrials: graded,
  }))
}

/** How the sum over tasks of base rate minus candidate rate is spread. */
export interface Spread {
  /** Mean: the true drop, summed. */
  drop: number
  /** Standard deviation under the drop. */
  deviation: number
  /** Standard error that the test takes it to have: that of the trials of both sides thrown together. */
  testError: number
}

/** What a drop by `drop` does to each task, if all lose the same and none more than it has. */
export function lossesOf(tasks: readonly KnownTask[], drop: number): number[] {
  const has = tasks.map(({ rate }) => rate ?? 1)
  if (drop >= mean(has)) return has
  const most = bisect(loss => mean(has.map(rate => Math.min(rate, loss))), drop, 0, 1)
  return has.map(rate => Math.min(rate, most))
}

/** What the variance of one trial gains if the pass rate falls by `drop`, or to 0: negative below a rate of about one half. */
export function varianceGained(rate: number, drop: number): number {
  const loss = Math.min(rate, drop)
  return loss * (2 * rate - 1) - loss * loss
}

/**
 * The spread with so many candidate trials of each task. All from unbiased moments: a task that loses l has the variance
 * v + l(2p-1) - l²; and trials of both sides thrown together differ in a pair with the chance that two of one side or one of each do.
 */
export function spreadOf(
  tasks: readonly KnownTask[],
  losses: readonly number[],
  candidateTrials: readonly number[],
): Spread {
  const parts = tasks.map(({ rate, variance, baseTrials }, i) => {
    const loss = losses[i] ?? 0
    const trials = candidateTrials[i] ?? 1
    const after = rate === null ? variance : Math.max(0, variance + varianceGained(rate, loss))
    const all = baseTrials + trials
    const pooled =
      (baseTrials * (baseTrials - 1) * variance +
        trials * (trials - 1) * after +
        baseTrials * trials * (variance + after + loss * loss)) /
      (all * (all - 1))
    return {
      loss,
      variance: variance / baseTrials + after / trials,
      ofTest: pooled * (1 / baseTrials + 1 / trials),
    }
  })
  return {
    drop: sum(parts.map(({ loss }) => loss)),
    deviation: Math.sqrt(sum(parts.map(part => part.variance))),
    testError: Math.sqrt(sum(parts.map(({ ofTest }) => ofTest))),
  }
}

/** Level of the fixed test, as in a comparison. */
const level = 0.05

/**
 * Chance that a comparison with so many candidate trials of each task finds a drop of the mean pass rate (in [0,1]). The normal
 * approximation of the stratified test (Miller 2024, arXiv 2411.00640, section 5, with fixed tasks), with the variance that the
 * drop itself brings.
 */
export function powerOf(tasks: readonly KnownTask[], candidateTrials: number, drop: number): number {
  const spread = spreadOf(
    tasks,
    lossesOf(tasks, drop),
    tasks.map(() => candidateTrials),
  )
  if (spread.deviation === 0) return spread.drop > 0 ? 1 : level
  return normalCdf((spread.drop + normalQuantile(level) * spread.testError) / spread.deviation)
}

/** What counts as seeing a drop: four times out of five. */
export const usualPower = 0.8

/** The smallest drop in (0,1] that is found four times out of five; null if not even a drop to 0 is. */
export function smallestDrop(
  tasks: readonly KnownTask[],
  power: (drop: number) => number,
  wanted: number = usualPower,
): number | null {
  const most = mean(tasks.map(({ rate }) => rate ?? 1))
  if (most === 0 || power(most) < wanted) return null
  let [from, to] = [0, most]
  for (let round = 0; round < 30; round++) {
    const middle = (from + to) / 2
    if (power(middle) < wanted) from = middle
    else to = middle
  }
  return to
}

/** Nobody runs more of one task. */
const mostTrials = 1000

/** Trials of each task that find a drop four times out of five. */
export interface TrialsNeeded {
  /** `both`: the baseline as it is can never be enough; it and the candidate need so many each. */
  side: 'candidate' | 'both'
  perTask: number
}

/** Null where no number of trials up to 1,000 would do. */
export function trialsForDrop(tasks: readonly KnownTask[], drop: number): TrialsNeeded | null {
  const fewest = (enough: (trials: number) => boolean): number | null => {
    if (!enough(mostTrials)) return null
    let [from, to] = [0, mostTrials]
    while (to - from > 1) {
      const middle = Math.floor((from + to) / 2)
      if (enough(middle)) to = middle
      else from = middle
    }
    return to
  }
  const candidate = fewest(trials => powerOf(tasks, trials, drop) >= usualPower)
  if (candidate !== null) return { side: 'candidate', perTask: candidate }
  const grown = (trials: number): KnownTask[] => tasks.map(task => ({ ...task, baseTrials: trials }))
  const both = fewest(trials => powerOf(grown(trials), trials, drop) >= usualPower)
  return both === null ? null : { side: 'both', perTask: both }
}
