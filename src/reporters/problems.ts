import type { Trial } from '../model/trial.ts'
import { flagLine } from './flag-text.ts'
import { count, formatDuration } from './format.ts'
import { groupBy } from './group-by.ts'
import { firstLine, safeText } from './text.ts'
import { trialEnd, type TrialEnd } from './totals.ts'

/** Trials that ended badly in the same way, told once. */
export interface Problem {
  /** "4 of 5": how many trials of this task and setup; "3 trials" where they are grouped over tasks. */
  count: string
  /** One of the trials, to look at. */
  trialId: string
  /** One line, safe for a terminal. */
  reason: string
}

/** Why a trial did not pass, in one line safe for a terminal; null if it passed. */
export function reasonOf(trial: Trial): string | null {
  if (trial.status === 'errored') return `${trial.phase}: ${firstLine(trial.message) || 'no message'}`
  if (trial.pass) return null
  const { attempt, flags } = trial
  if (flags[0]) return `tampering: ${flagLine(flags[0])}`
  const words = firstLine(attempt.message ?? '')
  if (attempt.stop === 'crash') return words || exitWords(attempt.exitCode)
  const ended = attempt.stop === 'timeout' ? `timed out after ${formatDuration(attempt.durationMs)}` : null
  const limit = attempt.stop === 'limit' ? `stopped at a limit${words && `: ${words}`}` : null
  return [ended, limit, gradeReason(trial)].filter(part => part !== null).join('; ')
}

/** Failed, or crashed, trials grouped by task and setup, in the order of the trials given. */
export function problemsOf(
  trials: readonly Trial[],
  end: Exclude<TrialEnd, 'passed' | 'errored'>,
): Problem[] {
  const graded = groupBy(
    trials.filter(trial => trial.status === 'graded'),
    taskAndSetup,
  )
  return [...graded.values()].flatMap(group => {
    const bad = group.filter(trial => trialEnd(trial) === end)
    return bad.length === 0 ? [] : [{ count: `${bad.length} of ${group.length}`, ...commonReason(bad) }]
  })
}

/** Errored trials grouped by phase and message: one infrastructure fault often hits many tasks. */
export function erroredProblems(trials: readonly Trial[]): Problem[] {
  const errored = trials.filter(trial => trial.status === 'errored')
  const groups = [...groupBy(errored, trial => reasonOf(trial) ?? '').values()]
  return groups
    .toSorted((a, b) => b.length - a.length)
    .map(group => ({ count: count(group.length, 'trial'), ...commonReason(group) }))
}

/** The reason that most of these trials share, with the first trial that has it. */
function commonReason(trials: readonly Trial[]): { trialId: string; reason: string } {
  const ordered = trials.toSorted((a, b) => a.index - b.index)
  const groups = [...groupBy(ordered, trial => reasonOf(trial) ?? '').entries()]
  const most = Math.max(...groups.map(([, group]) => group.length))
  const [reason, group] = groups.find(([, group]) => group.length === most) ?? ['', ordered]
  const others = groups.length - 1
  return {
    trialId: group[0]?.id ?? '',
    reason: others === 0 ? reason : `${reason} (and ${count(others, 'other reason')})`,
  }
}

function gradeReason(trial: Extract<Trial, { status: 'graded' }>): string {
  const failing = trial.grades.filter(grade => grade.status === 'scored' && !grade.pass)
  const decisive = failing.find(grade => grade.required) ?? failing[0]
  if (decisive?.status !== 'scored') return 'did not pass, and no grader says why'
  return `${firstLine(decisive.grader)}: ${decisiveLine(decisive.explanation) || 'no explanation'}`
}

function exitWords(exitCode: number | null): string {
  return exitCode === null ? 'ended without an exit code or a message' : `exit code ${exitCode}, no message`
}

function taskAndSetup(trial: Trial): string {
  return JSON.stringify([trial.task, trial.setup])
}

/** Of a list the first entry, which names what failed, rather than the count above it. */
function decisiveLine(explanation: string): string {
  const entry = safeText(explanation)
    .split('\n')
    .find(line => line.startsWith('- '))
  return entry === undefined ? firstLine(explanation) : entry.slice(2)
}
