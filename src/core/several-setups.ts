import type { Comparison } from '../model/report.ts'
import { atMost, meanLevel, taskLevel, unevenLevel } from './evidence.ts'
import { fisherTest, holm } from './stats/fisher.ts'

/** One of several setups held against the same base. */
export interface AmongSetups {
  setup: string
  /** After Holm's adjustment over all setups; null where nothing could be compared. */
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
  const [worse, better] = [holm(comparisons.map(worseOf)), holm(comparisons.map(betterOf))]
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

function worseOf({ pRegressed, pImproved, pUnevenlyWorse, tasks }: Comparison): number {
  return least({ mean: pRegressed, opposite: pImproved, uneven: pUnevenlyWorse }, fisher(tasks, 'regressed'))
}

function betterOf({ pRegressed, pImproved, pUnevenlyBetter, tasks }: Comparison): number {
  return least({ mean: pImproved, opposite: pRegressed, uneven: pUnevenlyBetter }, fisher(tasks, 'improved'))
}

/** Whatever can call a change counts, each p value as if its own level were that of the mean. */
function least(
  { mean, opposite, uneven }: Record<'mean' | 'opposite' | 'uneven', number | null>,
  tasks: readonly number[],
): number {
  const isOpposite = opposite !== null && atMost(opposite, meanLevel)
  const unevenly = uneven === null || isOpposite ? 1 : uneven * (meanLevel / unevenLevel)
  return Math.min(1, mean ?? 1, unevenly, ...tasks.map(p => p * (meanLevel / taskLevel)))
}

function fisher(tasks: Comparison['tasks'], direction: 'regressed' | 'improved'): number[] {
  const pairs = tasks.flatMap(({ base, candidate, delta }) =>
    base && candidate && delta !== null ? [{ base, candidate }] : [],
  )
  return holm(pairs.map(pair => fisherTest(pair)[direction]))
}
