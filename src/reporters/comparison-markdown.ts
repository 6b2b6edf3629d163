import { gridsOf } from './grid.ts'
import { prose, joinWithin } from './markdown-text.ts'
import { flips, gridSections } from './markdown.ts'
import { offersMarkdown } from './offers-text.ts'
import type { Compared } from './comparison.ts'
import { comparisonHeadline } from './verdict.ts'

/** Below GitHub's limit for a comment (65,536 characters). */
const maxBytes = 60_000

/** Markdown of comparisons that belong to no single run: verdicts, tables, quality and cost, claims, flips. */
export function renderComparisonsMarkdown({ comparisons, sideBySide, claims }: Compared): string {
  const [only, ...others] = comparisons
  const head = only && others.length === 0 ? comparisonHeadline(only) : null
  const said = new Set(head?.reasons ?? [])
  return joinWithin(
    [
      ...(head ? [`## ${prose(head.words)} ${prose(head.about)}`, ...head.reasons.map(prose)] : []),
      ...gridsOf(comparisons, []).flatMap(grid => gridSections(grid, said)),
      ...offersMarkdown(sideBySide, claims),
      ...flips(comparisons),
    ],
    maxBytes,
    '*Left out here as it is too long: the same command with --json tells all*',
  )
}
