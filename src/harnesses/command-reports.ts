import { z } from 'zod'
import { TranscriptEvent } from '../model/trial.ts'
import { Usage } from '../model/usage.ts'
import { readLines, readUntrusted } from '../util/output.ts'
import { parseJson } from '../util/json.ts'

const usageBytes = 1024 * 1024
/** Together with the longest line this bounds what a transcript takes in memory. */
const transcriptCharacters = 64 * 1024 * 1024

/** What an agent writes about itself: every key may be missing, and others are ignored. */
const UsageFile = z.object({
  ...z.object(Usage.shape).partial().shape,
  costUsd: z.number().nonnegative().nullish(),
  turns: z.number().int().nonnegative().nullish(),
  model: z.string().nullish(),
  version: z.string().nullish(),
})

export interface ReportedUsage {
  tokens: Usage | null
  costUsd: number | null
  turns: number | null
  model: string | null
  version: string | null
  warning: string | null
}

/** Reads the usage that an agent reports. What cannot be read is unknown and gives a warning, as does a missing file that was `expected`. */
export async function readUsage(path: string, expected: boolean): Promise<ReportedUsage> {
  const unknown = { tokens: null, costUsd: null, turns: null, model: null, version: null }
  const text = await readUntrusted(path, usageBytes)
  if (text === null) {
    const warning = 'usage is unknown: the agent did not write the file of AGENT_EVAL_USAGE_FILE'
    return { ...unknown, warning: expected ? warning : null }
  }
  const parsed = UsageFile.safeParse(parseJson(text))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const where = issue?.path.join('.') || 'the file'
    return { ...unknown, warning: `usage is unknown: in the agent's usage file, ${where}: ${issue?.message}` }
  }
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens, ...rest } =
    parsed.data
  const tokens = {
    inputTokens: inputTokens ?? null,
    cacheReadTokens: cacheReadTokens ?? null,
    cacheWriteTokens: cacheWriteTokens ?? null,
    outputTokens: outputTokens ?? null,
    reasoningTokens: reasoningTokens ?? null,
  }
  return {
    tokens: Object.values(tokens).every(count => count === null) ? null : tokens,
    costUsd: rest.costUsd ?? null,
    turns: rest.turns ?? null,
    model: rest.model ?? null,
    version: rest.version ?? null,
    warning: null,
  }
}

export interface ReportedTranscript {
  /** Null if the agent wrote none. */
  events: TranscriptEvent[] | null
  warning: string | null
}

/** Reads a transcript that an agent wrote, one event a line; `atMs` and `isError` may be left out. */
export async function readTranscript(path: string): Promise<ReportedTranscript> {
  const events: TranscriptEvent[] = []
  let unread = 0
  let characters = 0
  for await (const line of readLines(path)) {
    if (line.trim() === '') continue
    characters += line.length
    if (characters > transcriptCharacters) {
      return { events, warning: "the agent's transcript file is too long: its end was left out" }
    }
    const event = toEvent(line)
    if (event) events.push(event)
    else unread++
  }
  const warning =
    unread === 0 ? null : `${unread} line(s) of the agent's transcript file are no events and were left out`
  return { events: events.length === 0 ? null : events, warning }
}

function toEvent(line: string): TranscriptEvent | null {
  const value = z.looseObject({ type: z.string() }).safeParse(parseJson(line)).data
  if (!value) return null
  const defaults = value.type === 'tool_result' ? { atMs: null, isError: null } : { atMs: null }
  return TranscriptEvent.safeParse({ ...defaults, ...value }).data ?? null
}
