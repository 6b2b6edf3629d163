import { z } from 'zod'
import { anything, count, part, parts, text, uncached } from './loose.ts'
import { openaiError, openaiRefusal, specialTier } from './openai.ts'
import type { Tokens, Wire } from './wire.ts'

const Request = z.looseObject({
  model: text,
  stream: z.boolean().nullish().catch(null),
  tools: parts(part({ function: part({ name: text }), name: text, custom: part({ name: text }) })).catch([]),
})

const Usage = z.looseObject({
  prompt_tokens: z.number().nonnegative(),
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: part({ cached_tokens: count, cache_write_tokens: count }),
  completion_tokens_details: part({ reasoning_tokens: count }),
  prompt_cache_hit_tokens: count,
})

const Chunk = z.looseObject({
  model: text,
  usage: anything,
  error: anything,
  choices: z.array(anything).nullish().catch(null),
  service_tier: text,
  // Where Groq says it.
  x_groq: part({ usage: anything }),
})

/** OpenAI's Chat Completions, which many services speak. */
export const openaiChat: Wire = {
  api: 'openai-chat',
  asks: path => path.endsWith('/chat/completions'),
  question(body) {
    const { data } = Request.safeParse(body)
    return {
      model: data?.model ?? null,
      tools: (data?.tools ?? []).flatMap(
        ({ function: called, custom, name }) => called?.name ?? custom?.name ?? name ?? [],
      ),
      streamed: data?.stream === true,
    }
  },
  read(told, value) {
    const { data } = Chunk.safeParse(value)
    if (!data) return
    told.model ??= data.model || null
    told.tier = specialTier(data.service_tier) ?? told.tier
    told.error = openaiError(data.error) ?? told.error
    const usage = Usage.safeParse(data.usage ?? data.x_groq?.usage)
    if (usage.success) told.tokens = tokensOf(usage.data)
    if (data.choices || usage.success || told.error) told.isKnown = true
  },
  refusal: openaiRefusal,
}

function tokensOf(usage: z.infer<typeof Usage>): Tokens {
  const cached = usage.prompt_tokens_details?.cached_tokens ?? usage.prompt_cache_hit_tokens ?? null
  const written = usage.prompt_tokens_details?.cache_write_tokens ?? null
  const reasoning = usage.completion_tokens_details?.reasoning_tokens ?? null
  const answered = usage.completion_tokens ?? null
  // Some services leave the reasoning out of the output; their total tells.
  const isApart =
    answered !== null &&
    (reasoning ?? 0) > 0 &&
    usage.total_tokens === usage.prompt_tokens + answered + (reasoning ?? 0)
  return {
    inputTokens: uncached(usage.prompt_tokens, cached, written),
    cacheReadTokens: cached,
    // Where writing to the cache costs nothing there is no word of it.
    cacheWriteTokens: written ?? 0,
    outputTokens: answered !== null && isApart ? answered + (reasoning ?? 0) : answered,
    reasoningTokens: reasoning,
    longCacheWriteTokens: null,
    webSearches: null,
  }
}

const Asks = z.looseObject({
  stream: z.literal(true),
  stream_options: part({ include_usage: z.boolean().nullish() }),
})

/**
 * The request with the wish for usage, which streams of this API tell only to those who ask; null where it needs none. The
 * event that comes of it is not for the agent, which did not ask: `isUsageOnly` knows it.
 */
export function askingForUsage(body: unknown): unknown {
  const { data } = Asks.safeParse(body)
  if (!data || typeof data.stream_options?.include_usage === 'boolean') return null
  return { ...data, stream_options: { ...data.stream_options, include_usage: true } }
}

const UsageOnly = z.looseObject({ choices: z.array(z.unknown()).max(0), usage: z.looseObject({}) })

export function isUsageOnly(event: unknown): boolean {
  return UsageOnly.safeParse(event).success
}
