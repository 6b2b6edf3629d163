import { z } from 'zod'
import type { AgentReport } from './agent-report.ts'
import { byKind, reads, type EventReader } from './event-readers.ts'

const count = z.number().nonnegative().optional()
const Stats = z.looseObject({
  total_tokens: count,
  input_tokens: count,
  output_tokens: count,
  cached: count,
  models: z.record(z.string(), z.unknown()).optional(),
})
const Failure = z.looseObject({ type: z.string().optional(), message: z.string() })

const events = {
  message: z.looseObject({ role: z.string(), content: z.string(), delta: z.boolean().optional() }),
  tool_use: z.looseObject({ tool_name: z.string(), tool_id: z.string(), parameters: z.unknown() }),
  tool_result: z.looseObject({
    tool_id: z.string(),
    status: z.string(),
    output: z.string().optional(),
    error: Failure.optional(),
  }),
  error: z.looseObject({ severity: z.string().optional(), message: z.string() }),
  result: z.looseObject({ status: z.string(), error: Failure.optional(), stats: Stats.optional() }),
}

/** Reads gemini-cli's events (`--output-format stream-json`) into a report. */
export function geminiParser(report: AgentReport): EventReader {
  const { transcript } = report
  return byKind({
    message: reads(events.message, (message, atMs) => addMessage(report, message, atMs)),
    tool_use: reads(events.tool_use, ({ tool_id: id, tool_name: tool, parameters: input }, atMs) =>
      transcript.push({ type: 'tool_call', id, tool, input, atMs }),
    ),
    tool_result: reads(events.tool_result, ({ tool_id: id, status, output, error }, atMs) => {
      const text = output ?? error?.message ?? ''
      transcript.push({ type: 'tool_result', id, output: text, isError: status === 'error', atMs })
    }),
    error: reads(events.error, ({ message }, atMs) => transcript.push({ type: 'error', message, atMs })),
    result: reads(events.result, (result, atMs) => readResult(report, result, atMs)),
  })
}

/** An answer comes bit by bit. */
function addMessage(
  report: AgentReport,
  { role, content: text, delta }: z.infer<typeof events.message>,
  atMs: number | null,
): void {
  if (role !== 'user' && role !== 'assistant') return
  const last = report.transcript.at(-1)
  if (delta && last?.type === 'message' && last.role === role) last.text += text
  else if (text !== '') report.transcript.push({ type: 'message', role, text, atMs })
}

function readResult(
  report: AgentReport,
  { status, error, stats }: z.infer<typeof events.result>,
  atMs: number | null,
): void {
  report.model = Object.keys(stats?.models ?? {})[0] ?? null
  readUsage(report, stats)
  if (status !== 'error') return
  const message = error?.message ?? 'it ended with an error'
  report.transcript.push({ type: 'error', message, atMs })
  if (error?.type === 'FatalTurnLimitedError') report.limit = message
  else report.error = message
}

/** Its output tokens are without those of reasoning, which only its total includes. */
function readUsage(report: AgentReport, stats: z.infer<typeof Stats> | undefined): void {
  const { total_tokens: total, input_tokens: input, output_tokens: said, cached } = stats ?? {}
  if (!total || input === undefined || said === undefined || total < input + said) return
  report.usage = {
    inputTokens: Math.max(0, input - (cached ?? 0)),
    cacheReadTokens: cached ?? null,
    cacheWriteTokens: null,
    outputTokens: total - input,
    reasoningTokens: total - input - said,
  }
}
