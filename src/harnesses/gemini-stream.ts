import { z } from 'zod'
import type { AgentReport } from './agent-report.ts'

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
export function geminiParser(report: AgentReport): (event: unknown, atMs: number | null) => boolean {
  return (event, atMs) => readEvent(report, event, atMs)
}

function readEvent(report: AgentReport, value: unknown, atMs: number | null): boolean {
  const type = z.looseObject({ type: z.string() }).safeParse(value).data?.type
  switch (type) {
    case undefined:
      return false
    case 'message': {
      const { data } = events.message.safeParse(value)
      if (data) addMessage(report, data, atMs)
      return data !== undefined
    }
    case 'tool_use': {
      const { data } = events.tool_use.safeParse(value)
      if (data) {
        const { tool_id: id, tool_name: tool, parameters: input } = data
        report.transcript.push({ type: 'tool_call', id, tool, input, atMs })
      }
      return data !== undefined
    }
    case 'tool_result': {
      const { data } = events.tool_result.safeParse(value)
      if (data) {
        const { tool_id: id, status, output, error } = data
        const text = output ?? error?.message ?? ''
        report.transcript.push({ type: 'tool_result', id, output: text, isError: status === 'error', atMs })
      }
      return data !== undefined
    }
    case 'error': {
      const { data } = events.error.safeParse(value)
      if (data) report.transcript.push({ type: 'error', message: data.message, atMs })
      return data !== undefined
    }
    case 'result': {
      const { data } = events.result.safeParse(value)
      if (data) readResult(report, data, atMs)
      return data !== undefined
    }
    default:
      return true
  }
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
