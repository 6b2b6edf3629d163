import { z } from 'zod'
import { countTurn, type AgentReport } from './agent-report.ts'
import { Message, readAssistant, readToolResults } from './anthropic-events.ts'
import { byKind, reads, type EventReader } from './event-readers.ts'

const count = z.number().nonnegative().optional()

const events = {
  message: z.looseObject({ message: Message }),
  result: z.looseObject({
    subtype: z.string(),
    is_error: z.boolean(),
    result: z.string().optional(),
    error: z.looseObject({ message: z.string() }).optional(),
    usage: z
      .looseObject({ input_tokens: count, output_tokens: count, cache_read_input_tokens: count })
      .optional(),
    permission_denials: z.array(z.looseObject({ tool_name: z.string() })).default([]),
  }),
}
type Result = z.infer<typeof events.result>

const apiError = /^\[API Error: ([\s\S]*)\]$/

/** Reads the events of Qwen Code (`--output-format stream-json`) into a report. */
export function qwenParser(report: AgentReport): EventReader {
  return byKind({
    assistant: reads(events.message, ({ message }, atMs) => readMessage(report, message, atMs)),
    user: reads(events.message, ({ message }, atMs) => readToolResults(report, message, atMs)),
    result: reads(events.result, result => readResult(report, result)),
  })
}

function readMessage(report: AgentReport, message: Message, atMs: number | null): void {
  // It shows a failed call as an answer of the model.
  const failed = message.content.length === 1 ? apiError.exec(message.content[0]?.text ?? '') : null
  if (failed) {
    report.error = failed[1] ?? 'the model call failed'
    report.transcript.push({ type: 'error', message: report.error, atMs })
    return
  }
  readAssistant(report, message, atMs)
  report.model = message.model ?? report.model
  report.error = null
  countTurn(report)
}

function readResult(report: AgentReport, { subtype, is_error, usage, ...result }: Result): void {
  if (is_error) {
    const message = result.error?.message ?? result.result ?? subtype
    if (/max_turns|max session turns/i.test(`${subtype} ${message}`)) report.limit = message
    else report.error = apiError.exec(message)?.[1] ?? message
  }
  const denied = result.permission_denials.map(denial => denial.tool_name)
  if (denied.length > 0) report.notes.push(`it was not allowed to use: ${denied.join(', ')}`)
  // Nothing answered, or nothing told.
  if (!usage?.input_tokens && !usage?.output_tokens) return
  const { input_tokens: input, cache_read_input_tokens: cacheRead, output_tokens: output } = usage
  report.usage = {
    // Unlike in Anthropic's own events the cached ones are among them.
    inputTokens: input === undefined ? null : Math.max(0, input - (cacheRead ?? 0)),
    cacheReadTokens: cacheRead ?? null,
    cacheWriteTokens: null,
    outputTokens: output ?? null,
    reasoningTokens: null,
  }
}
