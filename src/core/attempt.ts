import type { Attempt, TranscriptEvent } from '../model/trial.ts'
import type { Usage } from '../model/usage.ts'

/** An attempt of which nothing but its end and its length is known. */
export function attemptThat(stop: Attempt['stop'], durationMs: number): Attempt {
  return {
    stop,
    message: null,
    exitCode: null,
    usage: null,
    costUsd: null,
    costSource: null,
    claimed: null,
    metered: null,
    turns: null,
    toolCalls: null,
    durationMs,
    peakMemoryBytes: null,
    cpuMs: null,
    agentVersion: null,
    agentSha256: null,
    requestedModel: null,
    observedModel: null,
  }
}

/** Usage with what one more model call told. What was never told stays unknown. */
export function addUsage(usage: Usage | null, added: { [K in keyof Usage]?: number | undefined }): Usage {
  return {
    inputTokens: addKnown(usage?.inputTokens, added.inputTokens),
    cacheReadTokens: addKnown(usage?.cacheReadTokens, added.cacheReadTokens),
    cacheWriteTokens: addKnown(usage?.cacheWriteTokens, added.cacheWriteTokens),
    outputTokens: addKnown(usage?.outputTokens, added.outputTokens),
    reasoningTokens: addKnown(usage?.reasoningTokens, added.reasoningTokens),
  }
}

/** A sum in which an unknown part leaves the total as it was. */
export function addKnown(total: number | null | undefined, added: number | undefined): number | null {
  return added === undefined ? (total ?? null) : (total ?? 0) + added
}

export function countToolCalls(transcript: readonly TranscriptEvent[]): number {
  return transcript.filter(event => event.type === 'tool_call').length
}
