import { passesByChance } from './hypergeometric.ts'
import { inFixedOrder, sum, type Pair } from './pair.ts'
import { commonTrials, dropWith } from './stratified.ts'
import { tailsOfSum, upperTail, type PValue } from './tails.ts'

/** Squared drops are rounded to this part of 1, on both sides of the test alike: ragged counts would make the grid endless. */
const finestGrid = 200

/**
 * Did any task get worse? Sum over tasks of the squared drop of the pass rate (rises count as 0), in its distribution under
 * within-task permutation. Sees one broken task among many, to which the mean is blind. Own combination of Fisher's
 * permutation argument with a sum of squares; exact where affordable, as `stratifiedTest`.
 */
export function sparseTest(pairs: readonly Pair[]): PValue {
  const ordered = inFixedOrder(pairs)
  const parts = Math.min(commonTrials(ordered) ** 2, finestGrid)
  const squared = (pair: Pair, passed: number): number =>
    Math.round(Math.max(0, dropWith(pair, passed)) ** 2 * parts) / parts
  const shares = ordered.map(pair =>
    merge(passesByChance(pair).map(({ passed, chance }) => ({ value: squared(pair, passed), chance }))),
  )
  const observed = sum(ordered.map(pair => squared(pair, pair.candidate.passed)))
  return upperTail(tailsOfSum(shares, observed, 1 / parts))
}

/** All rises have the value 0: their chances are added, which keeps the convolution short. */
function merge(share: { value: number; chance: number }[]): { value: number; chance: number }[] {
  const zero = sum(share.filter(({ value }) => value === 0).map(({ chance }) => chance))
  const drops = share.filter(({ value }) => value > 0)
  return zero > 0 ? [{ value: 0, chance: zero }, ...drops] : drops
}
