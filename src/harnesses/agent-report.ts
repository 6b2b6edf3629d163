import type { TranscriptEvent } from '../model/trial.ts'
import type { Usage } from '../model/usage.ts'

/** What an agent's output has told so far. Its parser fills it, one event after the other. */
export interface AgentReport {
  /** May leave out what the agent was asked. */
  transcript: TranscriptEvent[]
  /** Over all model calls that the agent counts; null while it has told nothing. */
  usage: Usage | null
  costUsd: number | null
  /** Answered model calls, as the agent counts them; null where it tells of none. */
  turns: number | null
  /** As they were when the turn that goes on began; null where the agent does not tell of beginnings. */
  begun: { turns: number; costUsd: number } | null
  model: string | null
  /** Of the last model call or of the whole attempt, with its HTTP status where that is known; null where all is well. */
  error: string | null
  /** Why it ended at a limit of its own, such as a number of turns; null if it did not. */
  limit: string | null
  /** What a reader of the result should know besides. */
  notes: string[]
  /** Lines that were no events. */
  unreadLines: number
}

export function newReport(): AgentReport {
  return {
    transcript: [],
    usage: null,
    costUsd: null,
    turns: null,
    begun: null,
    model: null,
    error: null,
    limit: null,
    notes: [],
    unreadLines: 0,
  }
}

/** Counts one more answered model call. */
export function countTurn(report: AgentReport): void {
  report.turns = (report.turns ?? 0) + 1
}

/** Remembers that a model call begins, so that a limit is looked at before more is spent. */
export function beginTurn(report: AgentReport): void {
  report.begun = { turns: report.turns ?? 0, costUsd: report.costUsd ?? 0 }
}
