import type { Report } from '../model/report.ts'
import { listTrials } from './commands.ts'
import type { TextStyle } from './comparison.ts'
import { count } from './format.ts'
import { erroredProblems, problemsOf, type Problem } from './problems.ts'
import { cutEnd, displayWidth, safeText } from './text.ts'
import { inPlanOrder, totalsOf } from './totals.ts'

/** What went wrong in a run, in three kinds that never mix. */
export interface Problems {
  failed: Problem[]
  crashed: Problem[]
  errored: Problem[]
  /** Trials of each kind, for the headings. */
  trials: { failed: number; crashed: number; errored: number }
}

const kinds = ['failed', 'crashed', 'errored'] as const

/** What each kind means, for a heading. */
export const meaningOf: Record<(typeof kinds)[number], string> = {
  failed: "the agent's work did not pass",
  crashed: 'the agent broke; counts as not passed',
  errored: 'not measured; outside of every rate',
}

/** More groups than this are only counted. */
const mostLines = 10

/** Collects what went wrong; what happened at a task that regressed comes first. */
export function problemsIn(report: Report): Problems {
  const ordered = inPlanOrder(report)
  const regressed = new Set(
    report.comparisons.flatMap(({ candidate, tasks }) =>
      tasks.filter(({ change }) => change === 'regressed').map(({ task }) => `${task}/${candidate.setup}/`),
    ),
  )
  const broken = ({ trialId }: Problem): number =>
    [...regressed].some(start => trialId.startsWith(start)) ? 0 : 1
  return {
    failed: problemsOf(ordered, 'failed').toSorted((a, b) => broken(a) - broken(b)),
    crashed: problemsOf(ordered, 'crashed').toSorted((a, b) => broken(a) - broken(b)),
    errored: erroredProblems(ordered),
    trials: totalsOf(report),
  }
}

/** A block of text for each kind that occurred. */
export function problemBlocks(problems: Problems, runId: string, style: TextStyle): string[] {
  return kinds
    .filter(kind => problems[kind].length > 0)
    .map(kind => {
      const { paint, columns } = style
      const listed = problems[kind].slice(0, mostLines)
      const left = problems[kind].length - listed.length
      const word = kind[0]?.toUpperCase() + kind.slice(1)
      const tone = kind === 'errored' ? paint.unsure : paint.bad
      return [
        `${tone(paint.strong(word))}: ${count(problems.trials[kind], 'trial')} ${paint.quiet(`(${meaningOf[kind]})`)}`,
        ...problemLines(listed, style),
        ...(left > 0
          ? [paint.quiet(cutEnd(`  and ${left} more: ${listTrials(runId)}`, Math.max(columns, 60)))]
          : []),
      ].join('\n')
    })
}

/** One line each where all fit, else each with its reason on a line below, so that the reader's eye keeps one path. */
function problemLines(problems: readonly Problem[], { paint, columns }: TextStyle): string[] {
  const rows = problems.map(({ count, trialId, reason }) => ({
    count,
    trial: safeText(trialId),
    reason: safeText(reason),
  }))
  const counts = Math.max(...rows.map(row => row.count.length))
  const trials = Math.max(...rows.map(row => displayWidth(row.trial)))
  const before = 2 + counts + 2 + trials + 2
  const oneLine = rows.every(row => before + displayWidth(row.reason) <= columns)
  return rows.flatMap(({ count, trial, reason }) => {
    const start = `  ${paint.quiet(count.padStart(counts))}  ${trial}`
    if (oneLine) return [`${start}${' '.repeat(trials - displayWidth(trial) + 2)}${reason}`]
    const deeper = ' '.repeat(6)
    return [start, `${deeper}${cutEnd(reason, columns - deeper.length)}`]
  })
}
