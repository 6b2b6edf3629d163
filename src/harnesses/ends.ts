import { InfraError } from '../errors.ts'
import type { Attempt, TranscriptEvent } from '../model/trial.ts'

/** What is thrown when the run was interrupted: the attempt is neither done nor failed. */
export function interrupted(): InfraError {
  return new InfraError('the run was interrupted before the agent had ended')
}

/** An attempt of which nothing but its end and its length is known. */
export function attemptThat(stop: Attempt['stop'], durationMs: number): Attempt {
  return {
    stop,
    message: null,
    exitCode: null,
    usage: null,
    costUsd: null,
    costSource: null,
    turns: null,
    toolCalls: null,
    durationMs,
    agentVersion: null,
    observedModel: null,
  }
}

/** Where every transcript starts: what the agent was asked. */
export function asked(prompt: string): TranscriptEvent {
  return { type: 'message', role: 'user', text: prompt, atMs: 0 }
}

export function countToolCalls(transcript: readonly TranscriptEvent[]): number {
  return transcript.filter(event => event.type === 'tool_call').length
}
