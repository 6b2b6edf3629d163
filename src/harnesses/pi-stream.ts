import { addUsage as addTo } from '../core/attempt.ts'
import { z } from 'zod'
import type { TranscriptEvent, Usage } from '../model/trial.ts'
import { parseJson } from '../util/json.ts'

/** What is known from pi's event stream (`--mode json`) so far. */
export interface PiState {
  transcript: TranscriptEvent[]
  usage: Usage | null
  /** Sum of pi's own numbers; 0 where it knows no prices. */
  costUsd: number
  /** Model calls that were answered. */
  turns: number
  /** As they were when the last turn began. */
  turnsBefore: number
  costUsdBefore: number
  model: string | null
  /** Of the last model call; null where it was answered. */
  error: string | null
  /** Why the last answer ended: `stop`, `length`, `toolUse`, `error`, `aborted`. */
  stopReason: string | null
  /** Lines that were no event of pi. */
  unreadLines: number
}

export function newPiState(): PiState {
  return {
    transcript: [],
    usage: null,
    costUsd: 0,
    turns: 0,
    turnsBefore: 0,
    costUsdBefore: 0,
    model: null,
    error: null,
    stopReason: null,
    unreadLines: 0,
  }
}

const count = z.number().nonnegative().optional()
const Part = z.looseObject({ type: z.string(), text: z.string().optional(), thinking: z.string().optional() })
type Part = z.infer<typeof Part>
const Content = z.union([z.string().transform((text): Part[] => [{ type: 'text', text }]), z.array(Part)])

const Message = z.looseObject({
  role: z.string(),
  content: Content.default([]),
  model: z.string().optional(),
  stopReason: z.string().optional(),
  errorMessage: z.string().optional(),
  usage: z
    .looseObject({
      input: count,
      output: count,
      cacheRead: count,
      cacheWrite: count,
      reasoning: count,
      cost: z.looseObject({ total: count }).optional(),
    })
    .optional(),
})
type Message = z.infer<typeof Message>

const events = {
  turn_start: z.looseObject({}),
  message_end: z.looseObject({ message: Message }),
  tool_execution_start: z.looseObject({ toolCallId: z.string(), toolName: z.string(), args: z.unknown() }),
  tool_execution_end: z.looseObject({
    toolCallId: z.string(),
    result: z.looseObject({ content: Content.default([]) }).nullish(),
    isError: z.boolean().optional(),
  }),
}

/** The events that fill the stream (0.73 repeats the whole message in each) and say nothing that does not come again. */
export function isPartial(line: string): boolean {
  return line.startsWith('{"type":"message_update"')
}

/** Adds one line of the stream to the state. `atMs` is when it came, from the start of the attempt. Never throws. */
export function readPiLine(state: PiState, line: string, atMs: number | null): void {
  if (line.trim() === '' || isPartial(line)) return
  if (!readEvent(state, parseJson(line), atMs)) state.unreadLines++
}

/** False for what is no event. Events of unknown types are events. */
function readEvent(state: PiState, value: unknown, atMs: number | null): boolean {
  const type = z.looseObject({ type: z.string() }).safeParse(value).data?.type
  switch (type) {
    case undefined:
      return false
    case 'turn_start':
      state.turnsBefore = state.turns
      state.costUsdBefore = state.costUsd
      return true
    case 'message_end': {
      const { data } = events.message_end.safeParse(value)
      if (data) readMessage(state, data.message, atMs)
      return data !== undefined
    }
    case 'tool_execution_start': {
      const { data } = events.tool_execution_start.safeParse(value)
      if (data) {
        const { toolCallId: id, toolName: tool, args: input } = data
        state.transcript.push({ type: 'tool_call', id, tool, input, atMs })
      }
      return data !== undefined
    }
    case 'tool_execution_end': {
      const { data } = events.tool_execution_end.safeParse(value)
      if (data) {
        const output = textOf(data.result?.content ?? [])
        state.transcript.push({
          type: 'tool_result',
          id: data.toolCallId,
          output,
          isError: data.isError ?? null,
          atMs,
        })
      }
      return data !== undefined
    }
    default:
      return true
  }
}

function readMessage(state: PiState, message: Message, atMs: number | null): void {
  const { role, content } = message
  // Tool results come as events of their own, and the system prompt (0.87) is the same in every trial.
  if (role === 'user') state.transcript.push({ type: 'message', role, text: textOf(content), atMs })
  if (role !== 'assistant') return
  for (const part of content) {
    if (part.thinking) state.transcript.push({ type: 'reasoning', text: part.thinking, atMs })
    if (part.text) state.transcript.push({ type: 'message', role, text: part.text, atMs })
  }
  state.model = message.model ?? state.model
  state.stopReason = message.stopReason ?? null
  const failed = message.stopReason === 'error' || message.stopReason === 'aborted'
  state.error = failed ? (message.errorMessage ?? `the model call ended with "${message.stopReason}"`) : null
  if (state.error === null) state.turns++
  else state.transcript.push({ type: 'error', message: state.error, atMs })
  addUsage(state, message.usage)
}

function addUsage(state: PiState, used: Message['usage']): void {
  state.costUsd += used?.cost?.total ?? 0
  // A service that tells no usage shows as zeros: that is unknown, not nothing.
  if (!used?.input && !used?.output && !used?.cacheRead && !used?.cacheWrite) return
  state.usage = addTo(state.usage, {
    inputTokens: used.input,
    cacheReadTokens: used.cacheRead,
    cacheWriteTokens: used.cacheWrite,
    outputTokens: used.output,
    reasoningTokens: used.reasoning,
  })
}

function textOf(parts: readonly Part[]): string {
  return parts.map(part => part.text ?? (part.type === 'text' ? '' : `[${part.type}]`)).join('\n')
}
