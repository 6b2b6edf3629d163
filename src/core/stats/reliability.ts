import { canonicalJson } from '../../util/json.ts'
import { lcm } from './divisors.ts'
import { passesByChance } from './hypergeometric.ts'
import { inFixedOrder, mean, sum, type Counts, type Pair } from './pair.ts'
import { passAtK, passHatK } from './pass-at-k.ts'
import { randomFrom } from './random.ts'
import type { LikelyRate } from './rate.ts'
import type { StratifiedTest } from './stratified.ts'
import { logChoose } from './special.ts'
import { lowerTail, tailsOfSum, upperTail } from './tails.ts'

/** `at`: at least one of k trials passes. `hat`: all of them do. */
export type Reliability = 'at' | 'hat'

const resamples = 2000

/** One task's pass@k or pass^k; `k` must not be above its trials. */
function estimate(counts: Counts, k: number, kind: Reliability): number {
  const all = kind === 'at' ? passAtK([counts], k) : passHatK([counts], k)
  return all[String(k)] ?? Number.NaN
}

/**
 * pass@k or pass^k with the range between the 5 and 95 % quantiles of 2,000 bootstraps of *tasks*: how it may be for other
 * tasks like these (Efron 1979, Annals of Statistics 7; percentile interval). Seeded by the counts: the same data give the same
 * range. Null where a task has fewer than k trials, for that would be guessing, or without tasks.
 */
export function reliability(tasks: readonly Counts[], k: number, kind: Reliability): LikelyRate | null {
  if (tasks.length === 0 || tasks.some(({ graded }) => graded < k)) return null
  const ordered = tasks.toSorted((a, b) => a.graded - b.graded || a.passed - b.passed)
  const values = ordered.map(counts => estimate(counts, k, kind))
  const random = randomFrom(canonicalJson({ tasks: ordered, k, kind }))
  const means = Array.from({ length: resamples }, () => {
    let total = 0
    for (let i = 0; i < values.length; i++) total += values[Math.floor(random() * values.length)] ?? 0
    return total / values.length
  }).toSorted((a, b) => a - b)
  const quantile = (share: number): number => means[Math.round(share * (resamples - 1))] ?? 0
  return { value: mean(values), lo: quantile(0.05), hi: quantile(0.95), n: sum(tasks.map(t => t.graded)) }
}

/** On a finer grid than this nothing can be computed exactly anyway. */
const finestGrid = 1e12

/**
 * Did pass@k or pass^k of these very tasks fall or rise? As `stratifiedTest`, with the estimator in the place of the rate: each
 * task's passes are dealt out to the two sides by chance. Exact where affordable, else sampled. Null where a side of a task has
 * fewer than k trials, or without tasks.
 */
export function reliabilityTest(pairs: readonly Pair[], k: number, kind: Reliability): StratifiedTest | null {
  if (pairs.length === 0 || pairs.some(pair => Math.min(pair.base.graded, pair.candidate.graded) < k))
    return null
  const ordered = inFixedOrder(pairs)
  const drop = ({ base, candidate }: Pair, passed: number): number =>
    estimate({ ...base, passed: base.passed + candidate.passed - passed }, k, kind) -
    estimate({ ...candidate, passed }, k, kind)
  const shares = ordered.map(pair =>
    passesByChance(pair).map(({ passed, chance }) => ({ value: drop(pair, passed), chance })),
  )
  const observed = sum(ordered.map(pair => drop(pair, pair.candidate.passed)))
  // Every estimate is a whole multiple of 1/C(trials, k).
  const ways = pairs.flatMap(({ base, candidate }) => [base.graded, candidate.graded].map(n => choose(n, k)))
  const tails = tailsOfSum(shares, observed, 1 / Math.min(lcm([...new Set(ways)]), finestGrid))
  return { regressed: upperTail(tails), improved: lowerTail(tails) }
}

function choose(n: number, k: number): number {
  return Math.round(Math.exp(logChoose(n, k)))
}
