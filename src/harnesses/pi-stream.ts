import { addUsage as addTo } from '../core/attempt.ts'
import { z } from 'zod'
import { beginTurn, countTurn, type AgentReport } from './agent-report.ts'
import { byKind, reads, type EventReader } from './event-readers.ts'

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

/** Reads pi's events (`--mode json`) into a report. */
export function piParser(report: AgentReport): EventReader {
  const { transcript } = report
  return byKind({
    turn_start: reads(events.turn_start, () => beginTurn(report)),
    message_end: reads(events.message_end, ({ message }, atMs) => readMessage(report, message, atMs)),
    tool_execution_start: reads(
      events.tool_execution_start,
      ({ toolCallId: id, toolName: tool, args: input }, atMs) =>
        transcript.push({ type: 'tool_call', id, tool, input, atMs }),
    ),
    tool_execution_end: reads(events.tool_execution_end, ({ toolCallId: id, result, isError = null }, atMs) =>
      transcript.push({ type: 'tool_result', id, output: textOf(result?.content ?? []), isError, atMs }),
    ),
  })
}

function readMessage(state: AgentReport, message: Message, atMs: number | null): void {
  const { role, content } = message
  // Tool results come as events of their own, and the system prompt (0.87) is the same in every trial.
  if (role === 'user') state.transcript.push({ type: 'message', role, text: textOf(content), atMs })
  if (role !== 'assistant') return
  for (const part of content) {
    if (part.thinking) state.transcript.push({ type: 'reasoning', text: part.thinking, atMs })
    if (part.text) state.transcript.push({ type: 'message', role, text: part.text, atMs })
  }
  state.model = message.model ?? state.model
  const failed = message.stopReason === 'error' || message.stopReason === 'aborted'
  state.error = failed ? (message.errorMessage ?? `the model call ended with "${message.stopReason}"`) : null
  if (state.error === null) countTurn(state)
  else state.transcript.push({ type: 'error', message: state.error, atMs })
  if (message.stopReason === 'length')
    state.notes.push('an answer was cut at the longest that the model gives')
  addUsage(state, message.usage)
}

function addUsage(state: AgentReport, used: Message['usage']): void {
  // Where it knows no prices pi says 0.
  const costUsd = used?.cost?.total ?? 0
  if (costUsd > 0) state.costUsd = (state.costUsd ?? 0) + costUsd
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
