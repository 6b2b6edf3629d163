import type { Comparison, Report } from '../model/report.ts'
import { listTrials } from './commands.ts'
import { flipCounts, flipsMean, flipsOf } from './flips.ts'
import { formatDuration } from './format.ts'
import { imagesText } from './images.ts'
import { gridsOf, type Cell, type Grid, type GridRow } from './grid.ts'
import { limitsText } from './limits.ts'
import { cellCode, code, joinWithin, prose } from './markdown-text.ts'
import { modelFacts } from './model-text.ts'
import { networkText } from './network-text.ts'
import { offersMarkdown } from './offers-text.ts'
import { noticesOf } from './notices.ts'
import { meaningOf, problemsIn, type Problems } from './problem-blocks.ts'
import { howToApprove, ruleLines, rulesTitle } from './rules.ts'
import { formatSpent, totalsOf } from './totals.ts'
import { comparisonHeadline, reportHeadline } from './verdict.ts'
import { workspaceText } from './workspace-text.ts'

/** Below GitHub's limit for a comment (65,536 characters). */
const maxBytes = 60_000
const mostProblems = 50
const mostFlips = 30

/**
 * Markdown for a pull request comment or a step summary: verdict, side-by-side, flips, failing trials folded up, cost. Text
 * from outside is shown as code: it can carry no markup, mention or link.
 */
export function renderMarkdown(report: Report): string {
  const { run } = report
  const totals = totalsOf(report)
  const limits = limitsText(run)
  const workspaces = workspaceText(run)
  const headline = reportHeadline(report, totals)
  const problems = problemsIn(report)
  const said = new Set([...headline.reasons, ...report.warnings])
  const reasons = headline.reasons.map(prose).join('\n\n')
  const notices = noticesOf(report, totals).map(notice => `> ${prose(notice)}`)
  return joinWithin(
    [
      `## ${prose(headline.words)} ${prose(headline.about)}`,
      ...(reasons === '' ? [] : [reasons]),
      ...notices,
      ...rulesSection(report),
      ...gridsOf(report.comparisons, run.summaries).flatMap(grid => gridSections(grid, said)),
      ...offersMarkdown(report.sideBySide),
      ...flips(report.comparisons),
      ...(['failed', 'crashed', 'errored'] as const).flatMap(kind => problemSection(kind, problems)),
      `Spent: ${prose(formatSpent(totals.spent))}${elapsed(report)}. Isolation: ${[run.isolation.level, prose(imagesText(run.isolation))].filter(Boolean).join(', ')}, network ${prose(networkText(run.isolation))}.${limits === null ? '' : ` Limits: ${prose(limits)}.`}${workspaces === null ? '' : ` Workspaces: ${prose(workspaces)}.`}${modelFacts(
        report,
      )
        .map(([name, text]) => ` ${sentenceCase(name)}: ${prose(text)}.`)
        .join('')} Run ${code(run.id)}.`,
    ],
    maxBytes,
    `*Left out here as it is too long: ${code(listTrials(run.id))}*`,
  )
}

function sentenceCase(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

/** Open and at the top: what a reviewer has to decide on. */
function rulesSection({ run }: Report): string[] {
  if (!run.rules) return []
  const lines = ruleLines(run.rules).map(
    ({ state, item, text }) =>
      `- **${state}** ${[item, text]
        .filter(part => part !== '')
        .map(part => code(part))
        .join(' ')}`,
  )
  const how = howToApprove(run.rules)
  return [
    [
      prose(rulesTitle(run.rules, run)),
      '',
      ...lines.slice(0, mostProblems),
      ...(lines.length > mostProblems ? [`- and ${lines.length - mostProblems} more`] : []),
      ...(how === null ? [] : ['', code(how)]),
    ].join('\n'),
  ]
}

/** Each verdict that was not said yet, and the table. */
export function gridSections(grid: Grid, said: ReadonlySet<string>): string[] {
  const verdicts = grid.comparisons.flatMap(comparison => {
    const { words, about, reasons } = comparisonHeadline(comparison)
    const unsaid = reasons.filter(reason => !said.has(reason))
    if (grid.title === null && grid.comparisons.length === 1 && unsaid.length === 0) return []
    return [
      `**${prose(words)}** ${[unsaid.length > 0 ? `${about}: ${unsaid.join(' ')}` : `${about}.`].map(prose).join(' ')}`,
    ]
  })
  const width = grid.heads.length
  const rows = [
    ...grid.tasks.map(row => tableRow(row, cellCode(row.label), cell => cell.text)),
    ...grid.totals.map((row, i) => tableRow(row, bold(prose(row.label), i), cell => bold(cell.text, i))),
  ]
  const head = `| ${grid.heads.map(prose).join(' | ')} |`
  const left =
    grid.omitted > 0
      ? [
          `${grid.omitted} more ${grid.omittedAlike ? 'tasks without a failed trial or a change' : 'tasks'} are not listed.`,
        ]
      : []
  return [
    ...verdicts,
    [head, `|${' --- |'.repeat(width)}`, ...rows].join('\n'),
    ...[...left, ...grid.notes].map(note => `<sub>${prose(note)}</sub>`),
  ]
}

function tableRow({ cells }: GridRow, label: string, draw: (cell: Cell) => string): string {
  return `| ${[label, ...cells.map(draw)].join(' | ')} |`
}

/** The row of the whole suite stands out. */
function bold(text: string, row: number): string {
  return row === 0 && text !== '' ? `**${text}**` : text
}

/** Tasks of which most trials passed on one side and failed on the other, as a section. */
export function flips(comparisons: readonly Comparison[]): string[] {
  const lines = flipsOf(comparisons).map(
    ({ about, change }) => `- ${code(change.task)} ${flipCounts(change, '→')} (${prose(about)})`,
  )
  if (lines.length === 0) return []
  const more = lines.length > mostFlips ? [`- and ${lines.length - mostFlips} more`] : []
  return [[`**Flips** (${flipsMean})`, '', ...lines.slice(0, mostFlips), ...more].join('\n')]
}

function problemSection(kind: 'failed' | 'crashed' | 'errored', problems: Problems): string[] {
  const all = problems[kind]
  if (all.length === 0) return []
  const lines = all
    .slice(0, mostProblems)
    .map(({ count, trialId, reason }) => `- ${count} ${code(trialId)}: ${code(reason)}`)
  const more = all.length > mostProblems ? [`- and ${all.length - mostProblems} more`] : []
  const summary = `${problems.trials[kind]} ${kind} (${meaningOf[kind]})`
  // GitHub needs the empty lines around the list to read it as Markdown.
  return [['<details>', `<summary>${summary}</summary>`, '', ...lines, ...more, '', '</details>'].join('\n')]
}

function elapsed({ run: { startedAt, finishedAt } }: Report): string {
  const ms = finishedAt === null ? Number.NaN : Date.parse(finishedAt) - Date.parse(startedAt)
  return ms >= 0 ? ` in ${formatDuration(ms)}` : ''
}
