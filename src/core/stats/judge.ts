import { z95 } from './distributions.ts'
import { fisherTwoSided } from './fisher.ts'
import { mean, sum, type Counts } from './pair.ts'
import { taskRate, type LikelyRate } from './rate.ts'

/** One trial that a judge and a human have both looked at: did it pass? */
export interface Label {
  judge: boolean
  human: boolean
}

/** How good a judge is by human labels. */
export interface JudgeQuality {
  /** Of what a human passes, the share that the judge passes (sensitivity), and the same for failures; null without any. */
  truePass: LikelyRate | null
  trueFail: LikelyRate | null
  /** truePass + trueFail - 1 (Youden 1950, Cancer 3): 1 = perfect, 0 = a coin. Null where either is unknown. */
  sharpness: number | null
  /** By which factor a judge of this sharpness needs more trials than a perfect one, 1/sharpness²; null for a coin or worse. */
  trialsFactor: number | null
}

/** Below this number of labels a judge's error rates are guesses. */
export const fewestLabels = 50

/** Rates by Wilson's interval, as for tasks. An observed drop is the true drop times the sharpness if errors are equal on both sides. */
export function judgeQuality(labels: readonly Label[]): JudgeQuality {
  const rate = (counts: Counts): LikelyRate | null => (counts.graded > 0 ? taskRate(counts) : null)
  const truePass = rate(rightOf(labels, true))
  const trueFail = rate(rightOf(labels, false))
  const sharpness = truePass && trueFail ? truePass.value + trueFail.value - 1 : null
  return {
    truePass,
    trueFail,
    sharpness,
    trialsFactor: sharpness !== null && sharpness > 0 ? 1 / sharpness ** 2 : null,
  }
}

/** Of the labels in which the human said so, those in which the judge said the same. */
function rightOf(labels: readonly Label[], human: boolean): Counts {
  const such = labels.filter(label => label.human === human)
  return { passed: such.filter(({ judge }) => judge === human).length, graded: such.length }
}

/**
 * The true pass rate behind the rate that an imperfect judge reports: (rate + trueFail - 1)/(truePass + trueFail - 1), kept in
 * [0,1] (Rogan and Gladen 1978, Am. J. Epidemiology 107). Null where the judge is no better than a coin.
 */
export function roganGladen(rate: number, quality: JudgeQuality): number | null {
  const { trueFail, sharpness } = quality
  if (!trueFail || sharpness === null || sharpness <= 0) return null
  return Math.min(1, Math.max(0, (rate + trueFail.value - 1) / sharpness))
}

/** A pass rate corrected by human labels, with 5 % one-sided bounds on either side. */
export interface CorrectedRate {
  value: number
  lo: number
  hi: number
  /** How much of the judge's word was used, in [0,1]: 0 = human labels alone. */
  weight: number
}

/**
 * The human pass rate from many judge verdicts and a few random labels: prediction-powered inference with the best weight
 * (Angelopoulos, Duchi and Zrnic 2023, PPI++, arXiv 2311.01453, example 6.1 for a mean). `unlabelled` are the judge's verdicts
 * on other trials. Null with fewer than two labels or no verdicts.
 */
export function correctedRate(
  labels: readonly Label[],
  unlabelled: readonly boolean[],
): CorrectedRate | null {
  const [n, all] = [labels.length, unlabelled.length]
  if (n < 2 || all === 0) return null
  const human = labels.map(({ human }) => Number(human))
  const judged = labels.map(({ judge }) => Number(judge))
  const others = unlabelled.map(Number)
  const spread = covariance(judged, judged)
  const ideal = spread === 0 ? 0 : covariance(human, judged) / ((1 + n / all) * spread)
  const weight = Math.min(1, Math.max(0, ideal))
  const gaps = human.map((y, i) => y - weight * (judged[i] ?? 0))
  const value = weight * mean(others) + mean(gaps)
  const variance =
    (weight ** 2 * (all > 1 ? covariance(others, others) : spread)) / all + covariance(gaps, gaps) / n
  const half = z95 * Math.sqrt(variance)
  return { value, lo: Math.max(0, value - half), hi: Math.min(1, value + half), weight }
}

function covariance(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)]
  return sum(a.map((value, i) => (value - meanA) * ((b[i] ?? 0) - meanB))) / (a.length - 1)
}

/** Two-sided level from which a judge's errors are taken to differ between two sides. */
const unequalLevel = 0.1

/**
 * Whether a judge errs more on one side than on the other (Fisher's exact test for passes and for failures, each at half the
 * level): its verdicts may then show a change that is none, and must not gate.
 */
export function unequalErrors(
  base: readonly Label[],
  candidate: readonly Label[],
): { p: number; unequal: boolean } {
  const pValues = [true, false].map(human => {
    const pair = { base: rightOf(base, human), candidate: rightOf(candidate, human) }
    return pair.base.graded > 0 && pair.candidate.graded > 0 ? fisherTwoSided(pair) : 1
  })
  const p = Math.min(1, 2 * Math.min(...pValues))
  return { p, unequal: p < unequalLevel }
}
