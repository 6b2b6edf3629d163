import { someOf } from '../core/words.ts'
import type { Comparison, TaskChange } from '../model/report.ts'
import { comparisonHeadline } from './verdict.ts'

/** Tasks of which most trials passed on one side and failed on the other, by comparison: "guided against bare". */
export function flipsOf(comparisons: readonly Comparison[]): { about: string; change: TaskChange }[] {
  return comparisons.flatMap(comparison => {
    const { about } = comparisonHeadline(comparison)
    return comparison.tasks.filter(({ flipped }) => flipped).map(change => ({ about, change }))
  })
}

export const flipsMean = 'most trials passed on one side and failed on the other'

/** "5/5 → 1/5", with the arrow of the format. */
export function flipCounts({ base, candidate }: TaskChange, arrow: string): string {
  const side = (count: TaskChange['base']): string => (count ? `${count.passed}/${count.graded}` : '?')
  return `${side(base)} ${arrow} ${side(candidate)}`
}

/** One sentence for each comparison with flips. */
export function flipSentences(comparisons: readonly Comparison[]): string[] {
  return comparisons.flatMap(comparison => {
    const flips = flipsOf([comparison]).map(({ change }) => `${change.task} (${flipCounts(change, '->')})`)
    const about = comparisons.length > 1 ? `, ${comparisonHeadline(comparison).about}` : ''
    return flips.length > 0 ? [`Flipped${about} (${flipsMean}): ${someOf(flips)}.`] : []
  })
}
