import type { ClaimFinding, Comparison, SideBySide } from '../model/report.ts'
import { flipSentences } from './flips.ts'
import { gridsOf, type Grid } from './grid.ts'
import { claimsText, offersText } from './offers-text.ts'
import { toned, type Paint } from './paint.ts'
import { gridText } from './tables.ts'
import { safeText, wrap } from './text.ts'
import { comparisonHeadline, type Headline } from './verdict.ts'

/** How text for people is to be drawn: colours, and columns of the terminal. */
export interface TextStyle {
  paint: Paint
  columns: number
}

/** What `agent-eval compare` came to. */
export interface Compared {
  comparisons: readonly Comparison[]
  /** Null unless all of them have one base. */
  sideBySide: SideBySide | null
  claims: readonly ClaimFinding[]
}

/** Text for people of comparisons that belong to no single run: for each its verdict, reasons and side-by-side. */
export function renderComparisons(
  { comparisons, sideBySide, claims }: Compared,
  style: TextStyle & { pValues?: boolean },
): string {
  const [only, ...others] = comparisons
  const grids = gridsOf(comparisons, [])
  const seeAll = 'the same command with --json'
  const headline = only && others.length === 0 ? comparisonHeadline(only) : null
  return [
    ...(headline ? [headlineLines(headline, style).join('\n')] : []),
    ...gridSections(grids, new Set(headline?.reasons ?? []), seeAll, style),
    ...flipsText(comparisons, style.columns),
    ...offersText(sideBySide, style),
    ...claimsText(claims, style),
    ...(style.pValues ? [comparisons.flatMap(pValueLines).join('\n')] : []),
  ].join('\n\n')
}

function flipsText(comparisons: readonly Comparison[], columns: number): string[] {
  const lines = flipSentences(comparisons).flatMap(sentence => indented(sentence, columns))
  return lines.length === 0 ? [] : [lines.join('\n')]
}

function pValueLines(comparison: Comparison): string[] {
  const { pRegressed, pImproved, pUnevenlyWorse, pUnevenlyBetter } = comparison
  if (pRegressed === null || pImproved === null) return []
  const short = (p: number): string => (p < 0.0001 ? '<0.0001' : p.toFixed(4))
  const { about } = comparisonHeadline(comparison)
  return [
    `  p values of ${safeText(about)}: worse ${short(pRegressed)}, better ${short(pImproved)}`,
    '    one-sided mid-p of the exact test that is stratified by task; not adjusted for other comparisons',
    ...(pUnevenlyWorse === null || pUnevenlyBetter === null
      ? []
      : [
          `    single tasks far from the rest: worse ${short(pUnevenlyWorse)}, better ${short(pUnevenlyBetter)}; called a change from 0.005 down`,
        ]),
  ]
}

/**
 * "REGRESSED. 20 tasks, …" and below it the other reasons, indented; at the end what it is about. Of one among several that
 * comes first: "REGRESSED. guided against bare: 20 tasks, …"
 */
export function headlineLines(
  headline: Headline,
  { paint, columns }: TextStyle,
  place: 'only' | 'of several' = 'only',
): string[] {
  const { words, about, tone, reasons } = headline
  const [finding = about, ...others] = reasons
  const opening =
    place === 'only' || finding === about ? `${words} ${finding}` : `${words} ${about}: ${finding}`
  const [first = '', ...more] = wrap(safeText(opening), columns)
  const closing = place === 'only' && reasons.length > 0 ? [about] : []
  return [
    toned(paint.strong(words), tone, paint) + first.slice(words.length),
    ...more.map(line => `  ${line}`),
    ...[...others, ...closing].flatMap(reason => indented(reason, columns)),
  ]
}

/** Each grid below its title, its verdicts, and those of their reasons that the reader has not `said` yet. */
export function gridSections(
  grids: readonly Grid[],
  said: ReadonlySet<string>,
  seeAll: string,
  style: TextStyle,
): string[] {
  return grids.map(grid => {
    const head = gridHead(grid, said, style)
    const table = gridText(grid, { ...style, seeAll })
    return head.length === 0 ? table : [...head, '', table].join('\n')
  })
}

/** A text broken into lines that are indented by two columns. */
export function indented(text: string, columns: number): string[] {
  return safeText(text)
    .split('\n')
    .flatMap(line => wrap(line, columns - 2).map(part => `  ${part}`))
}

function gridHead(grid: Grid, said: ReadonlySet<string>, style: TextStyle): string[] {
  const headlines = grid.comparisons.map(comparison => {
    const headline = comparisonHeadline(comparison)
    return { ...headline, reasons: headline.reasons.filter(reason => !said.has(reason)) }
  })
  const [only, ...others] = headlines
  if (only && others.length === 0) {
    // A grid alone on the page stands below a headline that has said it all, or else below the gate's.
    return grid.title === null && only.reasons.length === 0
      ? []
      : headlineLines(only, style, grid.title === null ? 'only' : 'of several')
  }
  const title = grid.title === null ? [] : [style.paint.strong(safeText(grid.title))]
  return [...title, ...headlines.flatMap(headline => headlineLines(headline, style, 'of several'))]
}
