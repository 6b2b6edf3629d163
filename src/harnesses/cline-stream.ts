import { z } from 'zod'
import { beginTurn, countTurn, type AgentReport } from './agent-report.ts'

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

const Line = z.looseObject({ type: text, event: z.unknown().optional() })
const Inner = z.looseObject({ type: text, contentType: text.optional() })

/** Reads the events of Cline (`--json`) into a report. */
export function clineParser(report: AgentReport): (event: unknown, atMs: number | null) => boolean {
  return (value, atMs) => {
    const { data: line } = Line.safeParse(value)
    if (!line) return false
    if (line.type === 'run_result') {
      const { data } = events.result.safeParse(value)
      if (data) readResult(report, data)
      return data !== undefined
    }
    if (line.type !== 'agent_event') return true
    const { data: event } = Inner.safeParse(line.event)
    return event !== undefined && readEvent(report, `${event.type} ${event.contentType ?? ''}`, event, atMs)
  }
}

function readEvent(report: AgentReport, kind: string, value: unknown, atMs: number | null): boolean {
  const { transcript } = report
  switch (kind.trim()) {
    case 'iteration_start':
      beginTurn(report)
      return true
    case 'iteration_end':
      report.error = null
      countTurn(report)
      return true
    case 'content_start tool': {
      const { data } = events.tool.safeParse(value)
      if (!data) return false
      const { toolCallId: id, toolName: tool, input } = data
      transcript.push({ type: 'tool_call', id, tool, input, atMs })
      return true
    }
    case 'content_end tool': {
      const { data } = events.toolEnd.safeParse(value)
      if (!data) return false
      const output = asText(data.error ?? data.output)
      transcript.push({ type: 'tool_result', id: data.toolCallId, output, isError: failed(data), atMs })
      return true
    }
    case 'content_end text':
    case 'content_end reasoning': {
      const { data } = events.text.safeParse(value)
      if (data?.text && kind.endsWith('reasoning'))
        transcript.push({ type: 'reasoning', text: data.text, atMs })
      else if (data?.text) transcript.push({ type: 'message', role: 'assistant', text: data.text, atMs })
      return data !== undefined
    }
    case 'usage': {
      const { data } = events.usage.safeParse(value)
      if (data)
        readUsage(report, {
          inputTokens: data.totalInputTokens,
          outputTokens: data.totalOutputTokens,
          cacheReadTokens: data.totalCacheReadTokens,
          cacheWriteTokens: data.totalCacheWriteTokens,
          totalCost: data.totalCost,
        })
      return data !== undefined
    }
    case 'error': {
      const { data } = events.error.safeParse(value)
      if (!data) return false
      // It keeps the status to itself.
      const refused = data.errorClass === 'auth' ? 'authentication_error: ' : ''
      report.error = `${refused}${data.error.message}`
      transcript.push({ type: 'error', message: report.error, atMs })
      return true
    }
    default:
      return true
  }
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
