import { lcm } from './divisors.ts'
import { passesByChance } from './hypergeometric.ts'
import { inFixedOrder, rateOf, sum, type Pair } from './pair.ts'
import { lowerTail, tailsOfSum, upperTail, type PValue } from './tails.ts'

/** One-sided tests of "nothing changed on these tasks". */
export interface StratifiedTest {
  regressed: PValue
  improved: PValue
}

/**
 * Did these very tasks get worse, or better? The stratified (within each task) permutation test, which for equal numbers
 * of trials is the exact Cochran-Mantel-Haenszel test (Mantel and Haenszel 1959, JNCI 22). The statistic is the sum over
 * tasks of base rate minus candidate rate; each task's passes are dealt out to the two sides by chance, and the
 * hypergeometric distributions are convolved.
 *
 * Ragged counts give another weight to each task, so the sums lie on a finer grid (the common multiple of all numbers of
 * trials). The distribution on it is still exact; only where it would take too long it is sampled instead.
 */
export function stratifiedTest(pairs: readonly Pair[]): StratifiedTest {
  const ordered = inFixedOrder(pairs)
  const shares = ordered.map(pair =>
    passesByChance(pair).map(({ passed, chance }) => ({ value: dropWith(pair, passed), chance })),
  )
  const observed = sum(ordered.map(pair => dropWith(pair, pair.candidate.passed)))
  const tails = tailsOfSum(shares, observed, 1 / commonTrials(ordered))
  return { regressed: upperTail(tails), improved: lowerTail(tails) }
}

/** Base rate minus candidate rate, were so many of the task's passes the candidate's. */
export function dropWith({ base, candidate }: Pair, passed: number): number {
  const passes = base.passed + candidate.passed
  return (
    rateOf({ passed: passes - passed, graded: base.graded }) - rateOf({ passed, graded: candidate.graded })
  )
}

/** A number of which every number of trials is a divisor: every difference of rates is a whole multiple of 1 over it. */
export function commonTrials(pairs: readonly Pair[]): number {
  return lcm([...new Set(pairs.flatMap(({ base, candidate }) => [base.graded, candidate.graded]))])
}
