import { addKnown, addUsage as addTo } from '../core/attempt.ts'
import { performance } from 'node:perf_hooks'
import type { HarnessInput } from '../contracts.ts'
import type { Attempt, TranscriptEvent } from '../model/trial.ts'
import type { Usage } from '../model/usage.ts'
import { interrupted } from './ends.ts'
import type { Step } from './scripted-schema.ts'

/** How far a script has come. */
export interface ScriptedState {
  transcript: TranscriptEvent[]
  usage: Usage | null
  costUsd: number | null
  turns: number | null
  /** Commands run so far. */
  runs: number
  /** On the monotonic clock, in milliseconds. */
  started: number
  deadline: number
}

/** The script ends here. Thrown by a step, caught by the harness. */
export class Stopped extends Error {
  readonly stop: Attempt['stop']

  constructor(stop: Attempt['stop'], message: string) {
    super(message)
    this.stop = stop
  }
}

export function timedOut({ limits }: HarnessInput): Stopped {
  return new Stopped('timeout', `stopped at the time limit of ${limits.timeoutMs} ms`)
}

/** Throws Stopped past the time limit, InfraError after an abort. */
export function checkClock(input: HarnessInput, state: ScriptedState): void {
  if (input.signal.aborted) throw interrupted()
  if (performance.now() >= state.deadline) throw timedOut(input)
}

/** Throws Stopped where more was spent than the task allows. */
export function checkLimits({ limits }: HarnessInput, { costUsd, turns }: ScriptedState): void {
  if (limits.maxCostUsd !== null && costUsd !== null && costUsd > limits.maxCostUsd) {
    throw new Stopped('limit', `spent ${costUsd} USD, more than maxCostUsd ${limits.maxCostUsd}`)
  }
  if (limits.maxTurns !== null && turns !== null && turns > limits.maxTurns) {
    throw new Stopped('limit', `needed ${turns} turns, more than maxTurns ${limits.maxTurns}`)
  }
}

export function addUsage(added: NonNullable<Step['usage']>, state: ScriptedState): void {
  const { costUsd, turns, ...tokens } = added
  state.costUsd = addKnown(state.costUsd, costUsd)
  state.turns = addKnown(state.turns, turns)
  if (Object.keys(tokens).length === 0) return
  state.usage = addTo(state.usage, tokens)
}
