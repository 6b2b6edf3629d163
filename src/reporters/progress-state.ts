import type { Trial } from '../model/trial.ts'
import { trialEnd, type TrialEnd } from './totals.ts'

/** What is known of a run while it goes on. Times are milliseconds of one monotonic clock. */
export interface ProgressState {
  planned: number
  startedMs: number
  running: Map<string, { phase: string | null; sinceMs: number }>
  /** Sources that are being prepared, by name. */
  preparing: Map<string, { sinceMs: number }>
  ends: Record<TrialEnd, number>
  /** Time of all ended trials together. */
  endedMs: number
  costUsd: number
  /** Attempts whose cost nobody told. */
  costUnknown: number
  costKnown: number
}

export function startProgress(planned: number, nowMs: number): ProgressState {
  return {
    planned,
    startedMs: nowMs,
    running: new Map(),
    preparing: new Map(),
    ends: { passed: 0, failed: 0, crashed: 0, errored: 0 },
    endedMs: 0,
    costUsd: 0,
    costUnknown: 0,
    costKnown: 0,
  }
}

/** Takes an ended trial into the totals. */
export function countTrial(state: ProgressState, trial: Trial): void {
  state.running.delete(trial.id)
  state.ends[trialEnd(trial)] += 1
  state.endedMs += trial.durationMs
  if (trial.attempt === null) return
  if (trial.attempt.costUsd === null) state.costUnknown += 1
  else {
    state.costKnown += 1
    state.costUsd += trial.attempt.costUsd
  }
}

/** Trials that have ended. */
export function doneOf({ ends }: ProgressState): number {
  return ends.passed + ends.failed + ends.crashed + ends.errored
}

/**
 * Time that is left, in milliseconds: the work that is left at the mean time of a trial, over the number of trials that were
 * running at a time on average so far. Null until two trials have ended.
 */
export function timeLeftMs(state: ProgressState, nowMs: number): number | null {
  const done = doneOf(state)
  const elapsed = nowMs - state.startedMs
  if (done < 2 || elapsed <= 0 || state.endedMs <= 0) return null
  const mean = state.endedMs / done
  const runningFor = [...state.running.values()].map(({ sinceMs }) => nowMs - sinceMs)
  const workDone = state.endedMs + sum(runningFor)
  const atOnce = Math.max(1, workDone / elapsed)
  const workLeft = (state.planned - done) * mean - sum(runningFor.map(ms => Math.min(ms, mean)))
  return Math.max(0, workLeft / atOnce)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
