import type { ClaimFinding, SideBySide } from '../model/report.ts'
import { aligned } from './columns.ts'
import type { TextStyle } from './comparison.ts'
import { cellCode, prose } from './markdown-text.ts'
import { claimSentences, offersView } from './offers.ts'
import { safeText, wrap } from './text.ts'

/** The side-by-side of quality and cost as sections of text; none where there is nothing to tell. */
export function offersText(sideBySide: SideBySide | null, { paint, columns }: TextStyle): string[] {
  const view = sideBySide && offersView(sideBySide)
  if (!view) return []
  const { sentences, heads, rows, notes } = view
  const [head = '', ...body] =
    heads.length > 0
      ? aligned(
          [heads, ...rows].map(row => row.map(safeText)),
          4,
        )
      : []
  return [
    ...(sentences.length > 0 ? [indentedLines(sentences, columns).join('\n')] : []),
    ...(heads.length > 0
      ? [
          [paint.strong(head), ...body, ...indentedLines(notes, columns).map(line => paint.quiet(line))].join(
            '\n',
          ),
        ]
      : []),
  ]
}

/** What was claimed, as one section of text; none without a claim. */
export function claimsText(claims: readonly ClaimFinding[], { columns }: TextStyle): string[] {
  return claims.length === 0 ? [] : [indentedLines(claimSentences(claims), columns).join('\n')]
}

/** The same as sections of Markdown. */
export function offersMarkdown(
  sideBySide: SideBySide | null,
  claims: readonly ClaimFinding[] = [],
): string[] {
  const view = sideBySide && offersView(sideBySide)
  const said = claimSentences(claims).map(sentence => `- ${prose(sentence)}`)
  const table = view?.heads.length
    ? [
        [
          `| ${view.heads.join(' | ')} |`,
          `|${' --- |'.repeat(view.heads.length)}`,
          ...view.rows.map(
            ([name = '', ...cells]) => `| ${[cellCode(name), ...cells.map(prose)].join(' | ')} |`,
          ),
        ].join('\n'),
        ...view.notes.map(note => `<sub>${prose(note)}</sub>`),
      ]
    : []
  return [...(view?.sentences ?? []).map(prose), ...table, ...(said.length > 0 ? [said.join('\n')] : [])]
}

function indentedLines(sentences: readonly string[], columns: number): string[] {
  return sentences.flatMap(sentence =>
    wrap(safeText(sentence), columns - 4).map((line, i) => `${i === 0 ? '  ' : '    '}${line}`),
  )
}
