import { relative } from 'node:path'
import type { Report } from '../model/report.ts'
import type { RunManifest, SetupSummary } from '../model/run.ts'
import { acceptRun, listTrials, resumeRun, showTrial } from './commands.ts'
import { gridSections, headlineLines, indented, type TextStyle } from './comparison.ts'
import { formatCost, formatDuration, formatRate, formatTokens } from './format.ts'
import { imagesText } from './images.ts'
import { limitsText } from './limits.ts'
import { gridsOf, type Grid } from './grid.ts'
import { modelFacts } from './model-text.ts'
import { networkText } from './network-text.ts'
import { noticesOf, scriptedSetups } from './notices.ts'
import { offersText } from './offers-text.ts'
import { problemBlocks, problemsIn, type Problems } from './problem-blocks.ts'
import { describeRules } from './rules.ts'
import { safeText, wrap } from './text.ts'
import { workspaceText } from './workspace-text.ts'
import { formatSpent, totalsOf, type Totals } from './totals.ts'
import { reportHeadline } from './verdict.ts'

export interface TerminalStyle extends TextStyle {
  /** Folder in which the reader stands. */
  cwd?: string
  /** Absolute path of the run's folder; without it only the run's id is told. */
  folder?: string
}

/**
 * The end of a run, a comparison or a gate, for people: the verdict first, then its reasons, the side-by-side, what went
 * wrong, and what to type next. As long as what there is to read: a green run of one setup takes six lines.
 */
export function renderTerminal(report: Report, style: TerminalStyle): string {
  const totals = totalsOf(report)
  const headline = reportHeadline(report, totals)
  const problems = problemsIn(report)
  // A gate over several setups names the setup before each reason.
  const named = report.comparisons.flatMap(({ candidate, verdict }) =>
    verdict.reasons.filter(reason => headline.reasons.includes(`${candidate.setup}: ${reason}`)),
  )
  const said = new Set([...headline.reasons, ...named, ...report.warnings])
  const head = [
    ...headlineLines(headline, style),
    ...noticesOf(report, totals).flatMap(text =>
      indented(text, style.columns).map(line => style.paint.unsure(line)),
    ),
  ]
  const grids = gridsOf(report.comparisons, report.run.summaries)
  const bare = totals.graded === 0 || grids.every(isBare)
  const tables = bare
    ? [report.run.summaries.flatMap(setup => indented(rateLine(setup), style.columns)).join('\n')]
    : gridSections(grids, said, listTrials(report.run.id), style)
  const blocks = problemBlocks(problems, report.run.id, style)
  const rules = describeRules(report.run.rules, report.run, style)
  const facts = factLines(report, totals, { problems, bare }, style)
  // With nothing but a line or two to tell, blank lines only make it longer.
  const compact = blocks.length === 0 && bare && rules.length === 0
  return [
    head.join('\n'),
    ...(rules.length > 0 ? [rules.join('\n')] : []),
    ...tables.filter(text => text !== ''),
    ...offersText(report.sideBySide, style),
    ...blocks,
    facts.join('\n'),
  ].join(compact ? '\n' : '\n\n')
}

/** A grid that has nothing to show but the totals of its setups. */
function isBare(grid: Grid): boolean {
  return grid.comparisons.length === 0 && grid.tasks.length === 0
}

function rateLine({ setup, passRate, passed }: SetupSummary): string {
  return `${setup}: pass rate ${formatRate(passRate, passed)}`
}

function perTrial({ costUsd, tokens, durationMs }: SetupSummary): string {
  const known = [
    ...(costUsd ? [formatCost(costUsd.mean)] : []),
    ...(tokens ? [`${formatTokens(tokens.mean)} tokens`] : []),
    ...(durationMs ? [formatDuration(durationMs.mean)] : []),
  ]
  return known.length === 0 ? '' : `; per trial ${known.join(', ')}`
}

function factLines(
  report: Report,
  totals: Totals,
  { problems, bare }: { problems: Problems; bare: boolean },
  style: TerminalStyle,
): string[] {
  const { run } = report
  const [only, ...others] = run.summaries
  // A table would have told it.
  const means = bare && only && others.length === 0 && only.graded > 0 ? perTrial(only) : ''
  const next = nextCommand(report, totals, problems)
  const limits = limitsText(run)
  const workspaces = workspaceText(run)
  const facts: [string, string][] = [
    ['spent', `${formatSpent(totals.spent)}${elapsed(run)}${means}`],
    ['isolation', isolationLine(run)],
    ...modelFacts(report),
    ...(workspaces === null ? [] : [['workspaces', workspaces] satisfies [string, string]]),
    ...(limits === null ? [] : [['limits', limits] satisfies [string, string]]),
    [
      'results',
      style.folder === undefined ? `run ${run.id}` : relative(style.cwd ?? '', style.folder) || '.',
    ],
    ...(next === null ? [] : [['next', next] satisfies [string, string]]),
  ]
  return facts.flatMap(([name, text]) => {
    // A command or a path is never broken: it is there to be copied.
    const lines =
      name === 'next' || name === 'results' ? [safeText(text)] : wrap(safeText(text), style.columns - 11)
    return lines.map((line, i) => `${style.paint.quiet((i === 0 ? name : '').padEnd(11))}${line}`.trimEnd())
  })
}

function elapsed({ startedAt, finishedAt }: RunManifest): string {
  const ms = finishedAt === null ? Number.NaN : Date.parse(finishedAt) - Date.parse(startedAt)
  return ms >= 0 ? `, ${formatDuration(ms)}` : ''
}

function isolationLine({ isolation }: RunManifest): string {
  const meaning = {
    none: "none - agents ran with your user's rights",
    process: "process - agents ran in processes of their own, with your user's rights",
    sandbox: 'sandbox',
    container: ['container', imagesText(isolation)].filter(Boolean).join(' - '),
  }[isolation.level]
  return `${meaning}; network: ${networkText(isolation)}`
}

/** What most readers want to do now; null if nothing is left to do. */
function nextCommand(
  { run, verdict, comparisons }: Report,
  totals: Totals,
  problems: Problems,
): string | null {
  // No setup was valid: going on with this run would change nothing.
  if (run.status === 'finished' && run.plan.length === 0) return null
  if (run.status !== 'finished' || totals.graded === 0) return resumeRun(run.id)
  const worst = [...problems.failed, ...problems.crashed][0]
  if (verdict?.decision === 'improved') return acceptRun(run.id)
  if (worst) return showTrial(run.id, worst.trialId)
  if (totals.errored > 0) return resumeRun(run.id)
  const acceptable = verdict === null && comparisons.length === 0 && scriptedSetups(run).length === 0
  return acceptable ? acceptRun(run.id) : null
}
