import { z } from 'zod'
import type { TranscriptEvent } from '../model/trial.ts'
import type { AgentReport } from './agent-report.ts'
import { reads, type EventReader } from './event-readers.ts'

const count = z.number().nonnegative().optional()
const Item = z.looseObject({ id: z.string(), type: z.string() })
type Item = z.infer<typeof Item>
const Event = z.looseObject({
  type: z.string(),
  item: Item.optional(),
  message: z.string().optional(),
  error: z.looseObject({ message: z.string() }).nullish(),
  usage: z
    .looseObject({
      input_tokens: count,
      cached_input_tokens: count,
      cache_write_input_tokens: count,
      output_tokens: count,
      reasoning_output_tokens: count,
    })
    .nullish(),
})
type Event = z.infer<typeof Event>

const Text = z.looseObject({ text: z.string() })
const Message = z.looseObject({ message: z.string() })

/** What an item of a tool says of the call, and of its result. */
interface ToolItem {
  tool: string
  input: unknown
  output: string
  isError: boolean | null
}

const Command = z.looseObject({
  command: z.string(),
  aggregated_output: z.string().nullish(),
  exit_code: z.number().nullish(),
  status: z.string().nullish(),
})
const FileChange = z.looseObject({ changes: z.unknown(), status: z.string().nullish() })
const McpCall = z.looseObject({
  server: z.string(),
  tool: z.string(),
  arguments: z.unknown(),
  result: z
    .looseObject({ content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })) })
    .nullish(),
  error: Message.nullish(),
  status: z.string().nullish(),
})

/** Reads codex's events (`exec --json`) into a report. */
export function codexParser(report: AgentReport): EventReader {
  const begun = new Set<string>()
  return reads(Event, (event, atMs) => readEvent(report, event, begun, atMs))
}

function readEvent(report: AgentReport, event: Event, begun: Set<string>, atMs: number | null): void {
  switch (event.type) {
    case 'item.started':
    case 'item.updated':
    case 'item.completed':
      if (event.item) readItem(report, event.type, event.item, begun, atMs)
      return
    case 'turn.completed':
      report.error = null
      readUsage(report, event.usage)
      return
    case 'error':
    case 'turn.failed': {
      const message = event.error?.message ?? event.message ?? 'the turn failed'
      // The same words come again at the end.
      if (message !== report.error) report.transcript.push({ type: 'error', message, atMs })
      report.error = message
    }
  }
}

/** Each number is the whole thread's so far. */
function readUsage(report: AgentReport, usage: Event['usage']): void {
  if (!usage?.input_tokens && !usage?.output_tokens) return
  const { input_tokens: all, cached_input_tokens: read, cache_write_input_tokens: written } = usage
  report.usage = {
    inputTokens: all === undefined ? null : Math.max(0, all - (read ?? 0) - (written ?? 0)),
    cacheReadTokens: read ?? null,
    cacheWriteTokens: written ?? null,
    outputTokens: usage.output_tokens ?? null,
    reasoningTokens: usage.reasoning_output_tokens ?? null,
  }
}

function readItem(
  report: AgentReport,
  phase: string,
  item: Item,
  begun: Set<string>,
  atMs: number | null,
): void {
  const { id, type } = item
  const say = (event: TranscriptEvent): void => void report.transcript.push(event)
  const completed = phase === 'item.completed'
  if (type === 'error') {
    // A warning, such as that it does not know the model.
    const { data } = Message.safeParse(item)
    if (data && completed) say({ type: 'error', message: data.message, atMs })
    return
  }
  // Whatever it does next, its model answered.
  report.error = null
  if (type === 'agent_message' || type === 'reasoning') {
    const text = Text.safeParse(item).data?.text ?? ''
    if (!completed || text === '') return
    say(type === 'reasoning' ? { type, text, atMs } : { type: 'message', role: 'assistant', text, atMs })
    return
  }
  if (type === 'todo_list') {
    // One item for all calls of the tool: it is completed when the turn ends.
    if (!completed) say({ type: 'tool_call', id, tool: type, input: { items: item['items'] }, atMs })
    return
  }
  const { tool, input, output, isError } = toolItem(item)
  if (!begun.has(id)) say({ type: 'tool_call', id, tool, input, atMs })
  begun.add(id)
  if (completed) say({ type: 'tool_result', id, output, isError, atMs })
}

function toolItem(item: Item): ToolItem {
  switch (item.type) {
    case 'command_execution': {
      const { data } = Command.safeParse(item)
      const isError = data?.exit_code == null ? failed(data?.status) : data.exit_code !== 0
      return {
        tool: item.type,
        input: { command: data && withoutShell(data.command) },
        output: data?.aggregated_output ?? '',
        isError,
      }
    }
    case 'file_change': {
      const { data } = FileChange.safeParse(item)
      return {
        tool: item.type,
        input: { changes: data?.changes },
        output: data?.status ?? '',
        isError: failed(data?.status),
      }
    }
    case 'mcp_tool_call': {
      const { data } = McpCall.safeParse(item)
      const texts = data?.result?.content.map(part => part.text ?? `[${part.type}]`) ?? []
      return {
        tool: data ? `${data.server}.${data.tool}` : item.type,
        input: data?.arguments,
        output: data?.error?.message ?? texts.join('\n'),
        isError: failed(data?.status),
      }
    }
    default: {
      // web_search and what later versions bring: all that is said of it is what was asked.
      const { id: _, type, ...rest } = item
      return { tool: type, input: rest, output: '', isError: null }
    }
  }
}

/** It shows the whole call, `/bin/bash -lc 'npm test'`, with what the model asked for as one quoted argument. */
function withoutShell(command: string): string {
  const quoted = /^\/\S*sh -l?c ([\s\S]+)$/.exec(command)?.[1]
  if (quoted === undefined) return command
  const pieces = quoted.matchAll(/'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|\\([\s\S])|([^'"\\]+)/g)
  return [...pieces]
    .map(
      ([, single, double, escaped, plain]) =>
        single ?? double?.replaceAll(/\\(["$\\`])/g, '$1') ?? escaped ?? plain,
    )
    .join('')
}

function failed(status: string | null | undefined): boolean | null {
  return status == null ? null : status === 'failed' || status === 'declined'
}
