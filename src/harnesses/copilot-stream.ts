import { z } from 'zod'
import { addUsage } from '../core/attempt.ts'
import { beginTurn, countTurn, type AgentReport } from './agent-report.ts'
import { byKind, reads, type EventReader } from './event-readers.ts'

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
export function copilotParser(report: AgentReport): EventReader {
  const { transcript } = report
  const read = <T>(data: z.ZodType<T>, take: (data: T, atMs: number | null) => unknown): EventReader =>
    reads(z.looseObject({ data }), (event, atMs) => take(event.data, atMs))
  return byKind({
    'model.call_start': read(z.unknown(), () => beginTurn(report)),
    'assistant.message': read(events.message, ({ reasoningText, content, model }, atMs) => {
      if (reasoningText) transcript.push({ type: 'reasoning', text: reasoningText, atMs })
      if (content) transcript.push({ type: 'message', role: 'assistant', text: content, atMs })
      report.model = model ?? report.model
      report.error = null
      countTurn(report)
    }),
    'tool.execution_start': read(
      events.toolStart,
      ({ toolCallId: id, toolName: tool, arguments: input }, atMs) =>
        transcript.push({ type: 'tool_call', id, tool, input, atMs }),
    ),
    'tool.execution_complete': read(events.toolEnd, ({ toolCallId: id, result, error, success }, atMs) => {
      const output = result?.content ?? error?.message ?? ''
      const isError = success === undefined ? null : !success
      transcript.push({ type: 'tool_result', id, output, isError, atMs })
    }),
    'model.call_failure': read(events.failure, ({ statusCode, errorMessage }, atMs) => {
      report.error = withStatus(statusCode, errorMessage ?? 'the model call failed')
      transcript.push({ type: 'error', message: report.error, atMs })
    }),
    'session.error': read(events.error, ({ statusCode, message }) => {
      report.error = withStatus(statusCode, message)
    }),
  })
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
