import { z } from 'zod'
import { anything, count, part, parts, text } from './loose.ts'
import type { Told, Tokens, Wire } from './wire.ts'

const Request = z.looseObject({
  model: text,
  stream: z.boolean().nullish().catch(null),
  tools: parts(part({ name: text })).catch([]),
})

const Usage = z.looseObject({
  input_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
  cache_creation: part({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count }),
  output_tokens: count,
  output_tokens_details: part({ thinking_tokens: count, reasoning_tokens: count }),
  server_tool_use: part({ web_search_requests: count }),
  service_tier: text,
})

const Event = z.looseObject({
  type: text,
  model: text,
  usage: anything,
  message: part({ model: text, usage: anything }),
  error: part({ type: text, message: text }),
})

/** Anthropic's Messages. */
export const anthropic: Wire = {
  api: 'anthropic',
  asks: path => path.endsWith('/messages'),
  question(body) {
    const { data } = Request.safeParse(body)
    return {
      model: data?.model ?? null,
      tools: (data?.tools ?? []).flatMap(({ name }) => name ?? []),
      streamed: data?.stream === true,
    }
  },
  read(told, value) {
    const { data } = Event.safeParse(value)
    if (!data) return
    if (/^(message|content_block_|ping$|error$)/.test(data.type ?? '')) told.isKnown = true
    // The first event holds the message, the last but one what has changed; a whole answer is the message itself.
    told.model ??= data.message?.model || (data.type === 'message' ? data.model : null) || null
    readUsage(told, data.message?.usage ?? data.usage)
    if (data.type === 'message_stop') told.isWhole = true
    if (data.error)
      told.error = {
        kind: data.error.type ?? '',
        message: data.error.message ?? data.error.type ?? 'an error without a word',
      }
  },
  refusal: message => ({ type: 'error', error: { type: 'invalid_request_error', message } }),
}

/** All counts of a stream are totals so far, and an event need not tell all: the largest is the last. */
function readUsage(told: Told, value: unknown): void {
  const { data } = Usage.safeParse(value)
  if (!data) return
  const long = data.cache_creation?.ephemeral_1h_input_tokens ?? null
  const short = data.cache_creation?.ephemeral_5m_input_tokens ?? null
  const parted = long === null && short === null ? null : (long ?? 0) + (short ?? 0)
  const now: Tokens = {
    inputTokens: data.input_tokens ?? null,
    cacheReadTokens: data.cache_read_input_tokens ?? null,
    cacheWriteTokens: data.cache_creation_input_tokens ?? parted,
    outputTokens: data.output_tokens ?? null,
    reasoningTokens:
      data.output_tokens_details?.thinking_tokens ?? data.output_tokens_details?.reasoning_tokens ?? null,
    longCacheWriteTokens: long,
    webSearches: data.server_tool_use?.web_search_requests ?? null,
  }
  const { tokens } = told
  // Without a word on caches nothing was cached: what was is told apart from the input.
  const before: Tokens = tokens ?? { ...none, cacheReadTokens: 0, cacheWriteTokens: 0 }
  told.tokens = {
    inputTokens: larger(before.inputTokens, now.inputTokens),
    cacheReadTokens: larger(before.cacheReadTokens, now.cacheReadTokens),
    cacheWriteTokens: larger(before.cacheWriteTokens, now.cacheWriteTokens),
    outputTokens: larger(before.outputTokens, now.outputTokens),
    reasoningTokens: larger(before.reasoningTokens, now.reasoningTokens),
    longCacheWriteTokens: larger(before.longCacheWriteTokens, now.longCacheWriteTokens),
    webSearches: larger(before.webSearches, now.webSearches),
  }
  if (data.service_tier && data.service_tier !== 'standard') told.tier = data.service_tier
}

const none: Tokens = {
  inputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  outputTokens: null,
  reasoningTokens: null,
  longCacheWriteTokens: null,
  webSearches: null,
}

function larger(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b)
}
