import type { Comparison } from '../model/report.ts'
import { atMost, meanLevel } from './evidence.ts'
import { holm } from './stats/fisher.ts'

/** One of several setups held against the same base. */
export interface AmongSetups {
  setup: string
  /** Mid-p values after Holm's adjustment over all setups; null where nothing could be compared. */
  pRegressed: number | null
  pImproved: number | null
  /** Whether the change still stands out among so many comparisons. */
  change: 'regressed' | 'improved' | 'none'
}

/**
 * Of several setups against one base the luckiest looks better than it is. Holm's adjustment (Holm 1979) over all of them, for
 * worse and for better apart, keeps the chance of any wrong claim in either direction at 5 %. In the order of the comparisons.
 */
export function amongSetups(comparisons: readonly Comparison[]): AmongSetups[] {
  const adjusted = (pick: 'pRegressed' | 'pImproved'): number[] =>
    holm(comparisons.map(one => one[pick] ?? 1))
  const [worse, better] = [adjusted('pRegressed'), adjusted('pImproved')]
  return comparisons.map((comparison, i) => {
    const known = comparison.pRegressed !== null
    const [pRegressed, pImproved] = [worse[i] ?? 1, better[i] ?? 1]
    return {
      setup: comparison.candidate.setup,
      pRegressed: known ? pRegressed : null,
      pImproved: known ? pImproved : null,
      change: atMost(pRegressed, meanLevel)
        ? 'regressed'
        : atMost(pImproved, meanLevel)
          ? 'improved'
          : 'none',
    }
  })
}
