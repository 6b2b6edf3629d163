import type { Trial } from '../model/trial.ts'
import { formatCost, formatDuration, count } from './format.ts'
import { toned, type Paint, type Tone } from './paint.ts'
import { reasonOf } from './problems.ts'
import { doneOf, timeLeftMs, type ProgressState } from './progress-state.ts'
import { cutEnd, cutMiddle, displayWidth, safeText } from './text.ts'
import { trialEnd } from './totals.ts'

const words = { passed: 'pass', failed: 'fail', crashed: 'crash', errored: 'error' } as const
const tones: Record<keyof typeof words, Tone> = {
  passed: 'good',
  failed: 'bad',
  crashed: 'bad',
  errored: 'unsure',
}

/** "[12/40] fail   task/setup/0  41s  $0.17  tests: …": one line for an ended trial, the reason where it did not pass. */
export function endLine(state: ProgressState, trial: Trial): string {
  const total = String(state.planned)
  const place = `[${String(doneOf(state)).padStart(total.length)}/${total}]`
  const cost = trial.attempt === null ? null : costText(trial.attempt.costUsd)
  const tries = trial.retries > 0 ? `try ${trial.retries + 1}` : null
  const parts = [safeText(trial.id), formatDuration(trial.durationMs), cost, tries, reasonOf(trial)]
  return `${place} ${words[trialEnd(trial)].padEnd(5)}  ${parts.filter(part => part !== null).join('  ')}`
}

/** "fail   task/setup/0  tests: …": a trial that did not pass, as a line that stays above the live ones. */
export function stayingLine(trial: Trial, paint: Paint, columns: number): string {
  const end = trialEnd(trial)
  const word = words[end].padEnd(5)
  const rest = `  ${safeText(trial.id)}  ${reasonOf(trial) ?? ''}`
  return `${toned(word, tones[end], paint)}${cutEnd(rest, columns - word.length)}`
}

/** "[12/40] still running: 3 trials, …": a sign of life where nothing has ended for a while. */
export function heartbeatLine(state: ProgressState, nowMs: number): string {
  const [longest] = [...state.running].toSorted(([, a], [, b]) => a.sinceMs - b.sinceMs)
  const trials = longest
    ? `${count(state.running.size, 'trial')} running, the longest for ${clockText(nowMs - longest[1].sinceMs)}: ${safeText(longest[0])}${longest[1].phase ? ` (${longest[1].phase})` : ''}`
    : 'no trial running'
  const sources = [...state.preparing].map(
    ([name, { sinceMs }]) => `preparing ${safeText(name)} for ${clockText(nowMs - sinceMs)}`,
  )
  const parts = [trials, ...sources, ...leftPart(state, nowMs)]
  return `[${doneOf(state)}/${state.planned}] ${parts.join('; ')}`
}

/** The lines that are drawn again and again: one a running trial, then the totals. Never more than `rows` - 1. */
export function liveLines(
  state: ProgressState,
  nowMs: number,
  { columns, rows, paint }: { columns: number; rows: number; paint: Paint },
): string[] {
  const trials = [...state.running].map(([id, { phase, sinceMs }]) => ({
    name: id,
    doing: phase ?? '',
    sinceMs,
  }))
  const sources = [...state.preparing].map(([name, { sinceMs }]) => ({
    name: `source ${name}`,
    doing: 'preparing',
    sinceMs,
  }))
  const all = [...sources, ...trials]
  // The line of the totals, a line for the overflow, and the line on which the cursor stands.
  const room = Math.max(0, rows - 3)
  const shown = all.length <= room + 1 ? all.slice(0, room + 1) : all.slice(0, room)
  const names = Math.min(columns - 24, Math.max(0, ...shown.map(({ name }) => displayWidth(safeText(name)))))
  const lines = shown.map(({ name, doing, sinceMs }) => {
    const cut = cutMiddle(safeText(name), names)
    const line = `  ${cut}${' '.repeat(names - displayWidth(cut))}  ${doing.padEnd(9)}  ${clockText(nowMs - sinceMs)}`
    return cutEnd(line, columns)
  })
  const hidden = all.length - shown.length
  return [
    ...lines,
    ...(hidden > 0 ? [paint.quiet(`  … and ${hidden} more`)] : []),
    totalsLine(state, nowMs, columns, paint),
  ]
}

function totalsLine(state: ProgressState, nowMs: number, columns: number, paint: Paint): string {
  const { ends } = state
  const bad = (['failed', 'crashed', 'errored'] as const).flatMap(end =>
    ends[end] > 0 ? [`${ends[end]} ${end}`] : [],
  )
  const parts = [
    `${ends.passed} passed`,
    ...bad,
    costPart(state),
    clockText(nowMs - state.startedMs),
    ...leftPart(state, nowMs),
  ]
  const done = `${doneOf(state)}/${state.planned}`
  return `${paint.strong(done)}${cutEnd(`  ${parts.join(', ')}`, columns - done.length)}`
}

/** A bare question mark would not say what is unknown. */
function costText(costUsd: number | null): string {
  return costUsd === null ? '$?' : formatCost(costUsd)
}

function costPart({ costUsd, costKnown, costUnknown }: ProgressState): string {
  if (costKnown === 0) return costUnknown === 0 ? formatCost(0) : 'cost unknown'
  return costUnknown === 0 ? formatCost(costUsd) : `at least ${formatCost(costUsd)}`
}

function leftPart(state: ProgressState, nowMs: number): string[] {
  const left = timeLeftMs(state, nowMs)
  return left === null || left < 1000 ? [] : [`about ${clockText(left)} left`]
}

/** A clock that runs shows whole seconds: tenths would only flicker. */
function clockText(ms: number): string {
  return ms < 1000 ? '0s' : formatDuration(Math.floor(ms / 1000) * 1000)
}
