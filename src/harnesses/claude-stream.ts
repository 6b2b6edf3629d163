import { z } from 'zod'
import { addUsage } from '../core/attempt.ts'
import { countTurn, type AgentReport } from './agent-report.ts'
import { Message, readAssistant, readToolResults, textOf } from './anthropic-events.ts'
import { byKind, reads, type EventReader } from './event-readers.ts'

const count = z.number().nonnegative().optional()

const events = {
  init: z.looseObject({
    model: z.string().optional(),
    mcp_servers: z.array(z.looseObject({ name: z.string(), status: z.string() })).default([]),
  }),
  retry: z.looseObject({ error_status: z.number().nullish(), error: z.string().nullish() }),
  message: z.looseObject({
    message: Message,
    is_api_error_message: z.boolean().optional(),
    api_error_status: z.number().nullish(),
  }),
  result: z.looseObject({
    subtype: z.string(),
    is_error: z.boolean(),
    api_error_status: z.number().nullish(),
    result: z.string().optional(),
    errors: z.array(z.string()).default([]),
    total_cost_usd: count,
    modelUsage: z
      .record(
        z.string(),
        z.looseObject({
          inputTokens: count,
          outputTokens: count,
          cacheReadInputTokens: count,
          cacheCreationInputTokens: count,
          thinkingTokens: count,
          costBasis: z.string().optional(),
        }),
      )
      .default({}),
    permission_denials: z.array(z.looseObject({ tool_name: z.string() })).default([]),
  }),
}
type Result = z.infer<typeof events.result>

/** Reads the events of Claude Code (`--output-format stream-json --verbose`) into a report. */
export function claudeParser(report: AgentReport): EventReader {
  // A message comes in as many events as it has blocks.
  const counted = new Set<string>()
  const readers = {
    'system init': reads(events.init, ({ mcp_servers }) => {
      for (const { name, status } of mcp_servers) {
        if (status === 'failed') report.notes.push(`the MCP server ${name} did not start`)
      }
    }),
    'system api_retry': reads(events.retry, ({ error, error_status }, atMs) => {
      const message = `${statusBefore(error_status)}${error ?? 'the model call failed'}: asked again`
      report.transcript.push({ type: 'error', message, atMs })
    }),
    assistant: reads(events.message, (event, atMs) => readMessage(report, event, counted, atMs)),
    user: reads(events.message, ({ message }, atMs) => readToolResults(report, message, atMs)),
    result: reads(events.result, result => readResult(report, result)),
  }
  return byKind(readers, ({ type, subtype }) => (type === 'system' ? `system ${String(subtype)}` : type))
}

function readMessage(
  report: AgentReport,
  event: z.infer<typeof events.message>,
  counted: Set<string>,
  atMs: number | null,
): void {
  const { message } = event
  if (event.is_api_error_message) {
    report.error = failure(event.api_error_status, textOf(message))
    report.transcript.push({ type: 'error', message: report.error, atMs })
    return
  }
  readAssistant(report, message, atMs)
  // What it makes up itself, such as the answer to a command of its own, comes from no model.
  if (message.model === '<synthetic>') return
  report.model = message.model ?? report.model
  report.error = null
  const id = message.id ?? ''
  if (id === '' || !counted.has(id)) countTurn(report)
  counted.add(id)
}

function readResult(report: AgentReport, result: Result): void {
  const { subtype, errors } = result
  const said = errors.join('\n') || (result.result ?? subtype)
  if (/max_turns|max_budget/.test(subtype)) report.limit = said
  else if (result.is_error) report.error = failure(result.api_error_status, said)
  readUsage(report, result)
  const denied = result.permission_denials.map(denial => denial.tool_name)
  if (denied.length > 0) report.notes.push(`it was not allowed to use: ${denied.join(', ')}`)
}

/** By model, because `usage` leaves out side calls and, where a budget ended it, the last call. */
function readUsage(report: AgentReport, { modelUsage, total_cost_usd: costUsd }: Result): void {
  const models = Object.values(modelUsage)
  for (const used of models) {
    report.usage = addUsage(report.usage, {
      inputTokens: used.inputTokens,
      cacheReadTokens: used.cacheReadInputTokens,
      cacheWriteTokens: used.cacheCreationInputTokens,
      outputTokens: used.outputTokens,
      // Zero also where the service does not tell.
      reasoningTokens: used.thinkingTokens || undefined,
    })
  }
  const isKnown = models.length > 0 && models.every(({ costBasis = 'list' }) => costBasis === 'list')
  report.costUsd = isKnown ? (costUsd ?? null) : null
}

function failure(status: number | null | undefined, text: string): string {
  const message = text.replace(/^API Error: /, '')
  return message.startsWith(String(status)) ? message : `${statusBefore(status)}${message}`
}

function statusBefore(status: number | null | undefined): string {
  return status ? `${status} ` : ''
}
