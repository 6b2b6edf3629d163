import { addUsage } from '../core/attempt.ts'
import type { Usage as ModelUsage } from '../model/usage.ts'
import type { AgentReport } from './agent-report.ts'
import type { Update, Usage } from './acp-messages.ts'

type Blocks = Update['content']

/** Makes the function that reads what an agent tells while it works. */
export function updateReader(report: AgentReport): (update: Update, atMs: number) => void {
  /** Calls by id: told of when they begin, with all that is known by the time they end. */
  const open = new Map<string, { tool: string; input: unknown; output: string }>()

  const say = (role: 'message' | 'reasoning', text: string, atMs: number): void => {
    const last = report.transcript.at(-1)
    // They come in pieces of a few characters.
    if (last?.type === role && (last.type === 'reasoning' || last.role === 'assistant')) last.text += text
    else if (text === '') return
    else if (role === 'reasoning') report.transcript.push({ type: role, text, atMs })
    else report.transcript.push({ type: role, role: 'assistant', text, atMs })
  }

  const call = (update: Update, atMs: number): void => {
    const id = update.toolCallId
    if (id === undefined) return
    const known = open.get(id) ?? { tool: 'unknown', input: null, output: '' }
    if (!open.has(id)) {
      open.set(id, known)
      report.transcript.push({ type: 'tool_call', id, tool: known.tool, input: known.input, atMs })
    }
    known.tool = update.title ?? update.kind ?? known.tool
    known.input = isEmpty(update.rawInput) ? known.input : update.rawInput
    known.output = textOf(update.content) || textOfRaw(update.rawOutput) || known.output
    const told = report.transcript.findLast(event => event.type === 'tool_call' && event.id === id)
    if (told?.type === 'tool_call') Object.assign(told, { tool: known.tool, input: known.input })
    if (update.status !== 'completed' && update.status !== 'failed') return
    const isError = update.status === 'failed'
    report.transcript.push({ type: 'tool_result', id, output: known.output, isError, atMs })
  }

  return (update, atMs) => {
    switch (update.sessionUpdate) {
      case 'agent_message_chunk':
        say('message', textOf(update.content), atMs)
        break
      case 'agent_thought_chunk':
        say('reasoning', textOf(update.content), atMs)
        break
      case 'tool_call':
      case 'tool_call_update':
        call(update, atMs)
        break
    }
    // Some tell the usage of each model call; all of them the cost of the session so far.
    const usage = update['_meta']?.usage
    if (usage) report.usage = addUsage(report.usage, usageOf(usage))
    if (update.cost?.currency === 'USD') report.costUsd = update.cost.amount
  }
}

/**
 * Agents differ in whether their input holds what came from a cache, and their output what was thought: the total tells.
 * Without one the cache is taken to be within the input, where it fits in.
 */
export function usageOf(usage: Usage): { [K in keyof ModelUsage]?: number | undefined } {
  const { inputTokens, outputTokens, totalTokens, thoughtTokens, cachedReadTokens, cachedWriteTokens } = usage
  const cached = (cachedReadTokens ?? 0) + (cachedWriteTokens ?? 0)
  const thought = thoughtTokens ?? 0
  const [apart] = [
    { cached: 0, thought: 0 },
    { cached, thought: 0 },
    { cached: 0, thought },
    { cached, thought },
  ].filter(added => inputTokens + outputTokens + added.cached + added.thought === totalTokens)
  const within = cached - (apart?.cached ?? (cached > inputTokens ? cached : 0))
  return {
    inputTokens: inputTokens - within,
    cacheReadTokens: cachedReadTokens ?? undefined,
    cacheWriteTokens: cachedWriteTokens ?? undefined,
    outputTokens: outputTokens + (apart?.thought ?? 0),
    reasoningTokens: thoughtTokens ?? undefined,
  }
}

function textOf(content: Blocks): string {
  if (!content) return ''
  if (!Array.isArray(content)) return content.text ?? content.content?.text ?? ''
  return content
    .map(
      block =>
        block.text ??
        block.content?.text ??
        (block.path === undefined ? '' : `${block.path}\n${block.newText ?? ''}`),
    )
    .filter(text => text !== '')
    .join('\n')
}

function textOfRaw(raw: unknown): string {
  if (raw === undefined || raw === null) return ''
  return typeof raw === 'string' ? raw : JSON.stringify(raw)
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)
  )
}
