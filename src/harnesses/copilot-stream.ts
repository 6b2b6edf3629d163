import { z } from 'zod'
import { addUsage } from '../core/attempt.ts'
import { beginTurn, countTurn, type AgentReport } from './agent-report.ts'

const count = z.number().nonnegative().optional()
const text = z.string()

const events = {
  message: z.looseObject({
    model: text.optional(),
    content: text.default(''),
    reasoningText: text.optional(),
  }),
  toolStart: z.looseObject({ toolCallId: text, toolName: text, arguments: z.unknown().optional() }),
  toolEnd: z.looseObject({
    toolCallId: text,
    success: z.boolean().optional(),
    result: z.looseObject({ content: text.optional() }).optional(),
    error: z.looseObject({ message: text.optional() }).optional(),
  }),
  failure: z.looseObject({ statusCode: z.number().optional(), errorMessage: text.optional() }),
  error: z.looseObject({ statusCode: z.number().optional(), message: text }),
}

/** Of the file that `--usage-output-file` names. */
const UsageFile = z.looseObject({
  modelMetrics: z.record(
    text,
    z.looseObject({
      usage: z.looseObject({
        inputTokens: count,
        outputTokens: count,
        cacheReadTokens: count,
        cacheWriteTokens: count,
        reasoningTokens: count,
      }),
    }),
  ),
})

/** Reads the events of Copilot (`--output-format json`) into a report. They tell no usage. */
export function copilotParser(report: AgentReport): (event: unknown, atMs: number | null) => boolean {
  const { transcript } = report
  const readers: Record<string, (data: unknown, atMs: number | null) => boolean> = {
    'model.call_start'() {
      beginTurn(report)
      return true
    },
    'assistant.message'(value, atMs) {
      const { data } = events.message.safeParse(value)
      if (!data) return false
      if (data.reasoningText) transcript.push({ type: 'reasoning', text: data.reasoningText, atMs })
      if (data.content) transcript.push({ type: 'message', role: 'assistant', text: data.content, atMs })
      report.model = data.model ?? report.model
      report.error = null
      countTurn(report)
      return true
    },
    'tool.execution_start'(value, atMs) {
      const { data } = events.toolStart.safeParse(value)
      if (!data) return false
      const { toolCallId: id, toolName: tool, arguments: input } = data
      transcript.push({ type: 'tool_call', id, tool, input, atMs })
      return true
    },
    'tool.execution_complete'(value, atMs) {
      const { data } = events.toolEnd.safeParse(value)
      if (!data) return false
      const output = data.result?.content ?? data.error?.message ?? ''
      const isError = data.success === undefined ? null : !data.success
      transcript.push({ type: 'tool_result', id: data.toolCallId, output, isError, atMs })
      return true
    },
    'model.call_failure'(value, atMs) {
      const { data } = events.failure.safeParse(value)
      if (!data) return false
      report.error = withStatus(data.statusCode, data.errorMessage ?? 'the model call failed')
      transcript.push({ type: 'error', message: report.error, atMs })
      return true
    },
    'session.error'(value) {
      const { data } = events.error.safeParse(value)
      if (data) report.error = withStatus(data.statusCode, data.message)
      return data !== undefined
    },
  }
  return (value, atMs) => {
    const { data: event } = z.looseObject({ type: z.string(), data: z.unknown().optional() }).safeParse(value)
    if (!event) return false
    return Object.hasOwn(readers, event.type) ? (readers[event.type]?.(event.data, atMs) ?? true) : true
  }
}

/** Completes a report with the usage file; false if it is none. */
export function readCopilotUsage(report: AgentReport, value: unknown): boolean {
  const { data } = UsageFile.safeParse(value)
  for (const { usage } of Object.values(data?.modelMetrics ?? {})) {
    const { inputTokens: input, cacheReadTokens: read = 0, cacheWriteTokens: write = 0 } = usage
    report.usage = addUsage(report.usage, {
      // Its input includes what came from a cache or went into one.
      inputTokens: input === undefined ? undefined : Math.max(0, input - read - write),
      cacheReadTokens: usage.cacheReadTokens,
      cacheWriteTokens: usage.cacheWriteTokens,
      outputTokens: usage.outputTokens,
      reasoningTokens: usage.reasoningTokens,
    })
  }
  return data !== undefined
}

/** What fills the stream and says nothing that does not come again. */
export function isRepeated(line: string): boolean {
  return /^\{"type":"(session\.background_tasks_changed|assistant\.\w+_delta|tool\.execution_partial_result|tool\.shell_output)"/.test(
    line,
  )
}

function withStatus(status: number | undefined, message: string): string {
  return [status, message].filter(Boolean).join(' ')
}
