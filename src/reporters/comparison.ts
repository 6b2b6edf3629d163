import type { Comparison } from '../model/report.ts'
import { gridsOf, type Grid } from './grid.ts'
import type { Paint } from './paint.ts'
import { gridText, toned } from './tables.ts'
import { safeText, wrap } from './text.ts'
import { comparisonHeadline, type Headline } from './verdict.ts'

/** How text for people is to be drawn: colours, and columns of the terminal. */
export interface TextStyle {
  paint: Paint
  columns: number
}

/** Text for people of comparisons that belong to no single run: for each its verdict, reasons and side-by-side. */
export function renderComparisons(comparisons: Comparison[], style: TextStyle): string {
  const [only, ...others] = comparisons
  const grids = gridsOf(comparisons, [])
  const seeAll = 'use --json to see all'
  if (!only || others.length > 0) return gridSections(grids, new Set(), seeAll, style).join('\n\n')
  const headline = comparisonHeadline(only)
  const names = `${only.candidate.label} against ${only.base.label}`
  return [
    headlineLines(headline, names, style).join('\n'),
    ...gridSections(grids, new Set(headline.reasons), seeAll, style),
  ].join('\n\n')
}

/** "REGRESSED. …" and below it the reasons, indented. */
export function headlineLines(
  { words, tone, reasons }: Headline,
  rest: string,
  { paint, columns }: TextStyle,
): string[] {
  const [first = '', ...more] = wrap(`${words} ${safeText(rest)}`, columns)
  const colouredFirst = toned(paint.strong(words), tone, paint) + first.slice(words.length)
  return [
    colouredFirst,
    ...more.map(line => `  ${line}`),
    ...reasons.flatMap(reason => indented(reason, columns)),
  ]
}

/**
 * Each grid with its title, its verdicts and those of their reasons that the reader has not `said` yet.
 */
export function gridSections(
  grids: Grid[],
  said: ReadonlySet<string>,
  seeAll: string,
  style: TextStyle,
): string[] {
  const { paint, columns } = style
  return grids.map(grid => {
    const [only, ...others] = grid.comparisons
    const verdict = only && others.length === 0 ? comparisonHeadline(only) : null
    const reasons = grid.comparisons.flatMap(comparison => comparison.verdict.reasons)
    return [
      ...(grid.title === null ? [] : [titleLine(safeText(grid.title), verdict, paint)]),
      ...reasons.filter(reason => !said.has(reason)).flatMap(reason => indented(reason, columns)),
      gridText(grid, { paint, columns, seeAll }),
    ].join('\n')
  })
}

/** A text broken into lines that are indented by two columns. */
export function indented(text: string, columns: number): string[] {
  return safeText(text)
    .split('\n')
    .flatMap(line => wrap(line, columns - 2).map(part => `  ${part}`))
}

function titleLine(title: string, verdict: Headline | null, paint: Paint): string {
  if (verdict === null) return paint.strong(title)
  return `${paint.strong(title)}: ${toned(verdict.words, verdict.tone, paint)}`
}
