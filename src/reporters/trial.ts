import type { Attempt, Grade, Trial } from '../model/trial.ts'
import { flagLines } from './flag-text.ts'
import { count, formatCost, formatDuration, formatTokens, unknown } from './format.ts'
import { toned, type Paint, type Tone } from './paint.ts'
import { patchLines } from './patch-text.ts'
import { meteredFacts } from './metered-text.ts'
import { formatBytes } from '../util/quantity.ts'
import { firstLine, safeText, wrap } from './text.ts'
import { trialEnd } from './totals.ts'
import { transcriptLines } from './transcript-text.ts'

/** All that is known of one trial. */
export interface TrialFacts {
  trial: Trial
  /** Empty if there is none. */
  patch: string
  /** Lines of the stored transcript, one JSON event each. */
  transcript: readonly string[]
  /** Folder of the trial's files, as the reader can type it. */
  folder: string
}

const toneOf: Record<ReturnType<typeof trialEnd>, Tone> = {
  passed: 'good',
  failed: 'bad',
  crashed: 'bad',
  errored: 'unsure',
}

/** Text of one trial for people: what became of it and why, then what the agent did, its patch, and where the files are. */
export function renderTrial(facts: TrialFacts, paint: Paint, columns = 100): string {
  const { trial, patch, transcript, folder } = facts
  const end = trialEnd(trial)
  const sections = [
    [
      `${toned(paint.strong(`${end.toUpperCase()}.`), toneOf[end], paint)} ${safeText(trial.id)}`,
      ...reasonLines(trial, columns),
      ...factLines(trial).map(([name, text]) => `${paint.quiet(name.padEnd(11))}${text}`),
    ],
    flagLines('Tampering, so it does not pass', trial.flags, paint, paint.bad, columns),
    remarkLines(trial, paint, columns),
    gradeLines(trial, paint, columns),
    flagLines('Worth a look (does not bear on the verdict)', trial.notices, paint, paint.unsure, columns),
    ...(trial.attempt === null
      ? []
      : [
          section(
            `Transcript (${count(transcript.length, 'event')})`,
            transcriptLines(transcript, folder, { paint, columns }),
            paint,
          ),
          section('Patch', patchLines(patch, folder, paint), paint),
        ]),
    [`${paint.quiet('files'.padEnd(11))}${safeText(folder)}`],
  ]
  return sections
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')
}

function section(title: string, lines: readonly string[], paint: Paint): string[] {
  return [paint.strong(title), ...lines]
}

/** What an errored or crashed trial says of itself, in full: it is what one came to see. */
function reasonLines(trial: Trial, columns: number): string[] {
  const message =
    trial.status === 'errored' ? `${trial.phase}: ${trial.message}` : (trial.attempt.message ?? '')
  if (message.trim() === '') return []
  return safeText(message)
    .trimEnd()
    .split('\n')
    .flatMap(line => wrap(line, columns - 2).map(part => `  ${part}`))
}

function remarkLines({ remarks }: Trial, paint: Paint, columns: number): string[] {
  if (remarks.length === 0) return []
  const lines = remarks.flatMap(remark => wrap(safeText(remark), columns - 2).map(line => `  ${line}`))
  return section('Remarks', lines, paint)
}

function factLines(trial: Trial): [string, string][] {
  const { attempt, outcome } = trial
  const facts: [string, string][] = attempt === null ? [['agent', 'did not run']] : attemptFacts(attempt)
  if (outcome) {
    const files = outcome.changedFiles.slice(0, 8).map(safeText).join(', ')
    const more = outcome.changedFiles.length > 8 ? `, and ${outcome.changedFiles.length - 8} more` : ''
    const lines = `+${outcome.linesAdded} -${outcome.linesRemoved}`
    facts.push([
      'changed',
      files === '' ? 'nothing' : `${count(outcome.changedFiles.length, 'file')}, ${lines}: ${files}${more}`,
    ])
  }
  if (trial.retries > 0) facts.push(['tries', `${trial.retries + 1}, after passing infrastructure faults`])
  return facts
}

function attemptFacts(attempt: Attempt): [string, string][] {
  const { stop, exitCode, costUsd, costSource, usage, turns, toolCalls, agentVersion, observedModel } =
    attempt
  const source = {
    harness: 'as the agent says',
    prices: attempt.metered ? 'counted by the gateway' : 'computed from its tokens',
    replay: 'of the recorded calls; nothing was spent now',
  }
  const tokens = usage
    ? [
        `${formatTokens(usage.inputTokens)} in`,
        `${formatTokens(usage.cacheReadTokens)} from cache`,
        `${formatTokens(usage.cacheWriteTokens)} to cache`,
        `${formatTokens(usage.outputTokens)} out`,
      ].join(', ')
    : 'unknown'
  return [
    [
      'stopped',
      `${stopWords[stop]} after ${formatDuration(attempt.durationMs)}${exitCode === null ? '' : `, exit code ${exitCode}`}`,
    ],
    [
      'cost',
      costUsd === null ? 'unknown' : `${formatCost(costUsd)}${costSource ? ` (${source[costSource]})` : ''}`,
    ],
    ['tokens', tokens],
    ...meteredFacts(attempt),
    ...(attempt.peakMemoryBytes === null
      ? []
      : [['memory', `at most ${formatBytes(attempt.peakMemoryBytes)}`] as [string, string]]),
    ...(attempt.cpuMs === null ? [] : [['cpu', formatDuration(attempt.cpuMs)] as [string, string]]),
    ['turns', `${turns ?? unknown}, with ${toolCalls ?? unknown} tool calls`],
    [
      'agent',
      `version ${safeText(agentVersion ?? 'unknown')}, model ${safeText(observedModel ?? 'unknown')}`,
    ],
  ]
}

const stopWords = {
  finished: 'finished',
  timeout: 'timed out',
  limit: 'stopped at a limit',
  crash: 'crashed',
  'model-error': 'stopped by a failure of its model service',
  refused: 'refused by its model service',
} satisfies Record<Attempt['stop'], string>

function gradeLines(trial: Trial, paint: Paint, columns: number): string[] {
  if (trial.grades.length === 0) return []
  const names = Math.max(...trial.grades.map(grade => safeText(grade.grader).length))
  const score = trial.status === 'graded' ? ` (score ${trial.score.toFixed(2)})` : ''
  return section(
    `Grades${score}`,
    trial.grades.flatMap(grade => gradeText(grade, names, paint, columns)),
    paint,
  )
}

function gradeText(grade: Grade, names: number, paint: Paint, columns: number): string[] {
  const [word, tone]: [string, Tone] =
    grade.status === 'unscored' ? ['unscored', 'unsure'] : grade.pass ? ['passed', 'good'] : ['failed', 'bad']
  const said = grade.status === 'unscored' ? grade.reason : grade.explanation
  // A grader that passed is told in a line; one that did not, in full.
  const text = grade.status === 'scored' && grade.pass ? firstLine(said) : safeText(said).trimEnd()
  const asked = grade.required ? '' : ' (not required)'
  const before = 2 + 8 + 2 + names + 2
  const lines = `${text}${asked}`.split('\n').flatMap(line => wrap(line, columns - before))
  return lines.map((line, i) =>
    i === 0
      ? `  ${toned(word.padEnd(8), tone, paint)}  ${safeText(grade.grader).padEnd(names)}  ${line}`
      : `${' '.repeat(before)}${line}`,
  )
}
