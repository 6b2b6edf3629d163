import { z } from 'zod'
import { objectOf } from '../util/loose.ts'
import { beginTurn, countTurn, type AgentReport } from './agent-report.ts'
import { byKind, reads, type EventReader } from './event-readers.ts'

const count = z.number().nonnegative().optional()
const text = z.string()

const events = {
  tool: z.looseObject({ toolCallId: text, toolName: text, input: z.unknown().optional() }),
  toolEnd: z.looseObject({ toolCallId: text, output: z.unknown().optional(), error: z.unknown().optional() }),
  text: z.looseObject({ text: text.optional() }),
  usage: z.looseObject({
    totalInputTokens: count,
    totalOutputTokens: count,
    totalCacheReadTokens: count,
    totalCacheWriteTokens: count,
    totalCost: count,
  }),
  error: z.looseObject({ error: z.looseObject({ message: text }), errorClass: text.optional() }),
  result: z.looseObject({
    finishReason: text,
    text: text.optional(),
    model: z.looseObject({ id: text }).optional(),
    aggregateUsage: z
      .looseObject({
        inputTokens: count,
        outputTokens: count,
        cacheReadTokens: count,
        cacheWriteTokens: count,
        totalCost: count,
      })
      .optional(),
  }),
}
type Used = NonNullable<z.infer<typeof events.result>['aggregateUsage']>

/** Reads the events of Cline (`--json`) into a report. */
export function clineParser(report: AgentReport): EventReader {
  const readInner = innerReader(report)
  return byKind({
    run_result: reads(events.result, result => readResult(report, result)),
    agent_event: (value, atMs) => readInner(objectOf(value)['event'], atMs),
  })
}

function innerReader(report: AgentReport): EventReader {
  const { transcript } = report
  const readers = {
    iteration_start: reads(z.unknown(), () => beginTurn(report)),
    iteration_end: reads(z.unknown(), () => {
      report.error = null
      countTurn(report)
    }),
    'content_start tool': reads(events.tool, ({ toolCallId: id, toolName: tool, input }, atMs) =>
      transcript.push({ type: 'tool_call', id, tool, input, atMs }),
    ),
    'content_end tool': reads(events.toolEnd, (data, atMs) => {
      const output = asText(data.error ?? data.output)
      transcript.push({ type: 'tool_result', id: data.toolCallId, output, isError: failed(data), atMs })
    }),
    'content_end text': reads(events.text, ({ text }, atMs) => {
      if (text) transcript.push({ type: 'message', role: 'assistant', text, atMs })
    }),
    'content_end reasoning': reads(events.text, ({ text }, atMs) => {
      if (text) transcript.push({ type: 'reasoning', text, atMs })
    }),
    usage: reads(events.usage, data =>
      readUsage(report, {
        inputTokens: data.totalInputTokens,
        outputTokens: data.totalOutputTokens,
        cacheReadTokens: data.totalCacheReadTokens,
        cacheWriteTokens: data.totalCacheWriteTokens,
        totalCost: data.totalCost,
      }),
    ),
    error: reads(events.error, ({ errorClass, error }, atMs) => {
      // It keeps the status to itself.
      const refused = errorClass === 'auth' ? 'authentication_error: ' : ''
      report.error = `${refused}${error.message}`
      transcript.push({ type: 'error', message: report.error, atMs })
    }),
  }
  return byKind(readers, ({ type, contentType }) =>
    typeof type === 'string' && typeof contentType === 'string' ? `${type} ${contentType}` : type,
  )
}

function readResult(report: AgentReport, { finishReason, ...result }: z.infer<typeof events.result>): void {
  if (result.aggregateUsage) readUsage(report, result.aggregateUsage)
  if (finishReason === 'completed') report.model = result.model?.id ?? report.model
  else report.error ??= result.text ?? `it ended with "${finishReason}"`
}

/** All so far. Its input includes what came from a cache or went into one, and a cost of 0 stands for an unknown one. */
function readUsage(report: AgentReport, used: Used): void {
  const { inputTokens: input, cacheReadTokens: read, cacheWriteTokens: write } = used
  if (!input && !used.outputTokens) return
  report.usage = {
    inputTokens: input === undefined ? null : Math.max(0, input - (read ?? 0) - (write ?? 0)),
    cacheReadTokens: read ?? null,
    cacheWriteTokens: write ?? null,
    outputTokens: used.outputTokens ?? null,
    reasoningTokens: null,
  }
  report.costUsd = used.totalCost ? used.totalCost : null
}

function failed({ output, error }: z.infer<typeof events.toolEnd>): boolean {
  const success = z.looseObject({ success: z.boolean() }).safeParse(output).data?.success
  return error !== undefined || success === false
}

const FromServer = z.looseObject({ content: z.array(z.looseObject({ text })).min(1) })

/** What a tool of an MCP server gave comes as a list of texts. */
function asText(output: unknown): string {
  const { data } = FromServer.safeParse(output)
  if (data) return data.content.map(part => part.text).join('\n')
  return typeof output === 'string' ? output : JSON.stringify(output ?? '')
}
