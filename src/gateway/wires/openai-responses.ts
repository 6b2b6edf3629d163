import { z } from 'zod'
import { anything, count, part, parts, text, uncached } from './loose.ts'
import { openaiError, openaiRefusal, specialTier } from './openai.ts'
import type { Told, Wire } from './wire.ts'

const Tool = part({ name: text, type: text })
const Request = z.looseObject({
  model: text,
  stream: z.boolean().nullish().catch(null),
  tools: parts(z.looseObject({ name: text, type: text, tools: parts(Tool).nullish().catch(null) })).catch([]),
})

const Answer = z.looseObject({
  model: text,
  service_tier: text,
  error: anything,
  object: text,
  output: parts(part({ type: text }))
    .nullish()
    .catch(null),
  usage: part({
    input_tokens: count,
    output_tokens: count,
    input_tokens_details: part({ cached_tokens: count, cache_write_tokens: count }),
    output_tokens_details: part({ reasoning_tokens: count }),
  }),
})

const Event = z.looseObject({ type: z.string(), response: anything })

/** OpenAI's Responses. */
export const openaiResponses: Wire = {
  api: 'openai-responses',
  asks: path => /\/responses(\/compact)?$/.test(path),
  question(body) {
    const { data } = Request.safeParse(body)
    return {
      model: data?.model ?? null,
      // A namespace holds tools of its own; those of the service have no name but their type.
      tools: (data?.tools ?? []).flatMap(({ name, type, tools }) =>
        tools
          ? tools.flatMap(inner => (inner.name ? `${name ?? ''}.${inner.name}` : []))
          : (name ?? type ?? []),
      ),
      streamed: data?.stream === true,
    }
  },
  read(told, value) {
    const { data: event } = Event.safeParse(value)
    if (event && /^(response\.|error$)/.test(event.type)) told.isKnown = true
    if (event?.type === 'error') {
      told.error = openaiError('error' in event && event['error'] ? event['error'] : { ...event, type: null })
      return
    }
    if (event && /^response\.(completed|incomplete|failed)$/.test(event.type)) told.isWhole = true
    readAnswer(told, event ? event.response : value)
  },
  refusal: openaiRefusal,
}

function readAnswer(told: Told, value: unknown): void {
  const { data } = Answer.safeParse(value)
  if (!data) return
  if (data.output || data.error || data.object?.startsWith('response')) told.isKnown = true
  told.model ??= data.model || null
  told.tier = specialTier(data.service_tier) ?? told.tier
  if (data.error) told.error = openaiError(data.error)
  const { usage } = data
  if (typeof usage?.input_tokens !== 'number') return
  const cached = usage.input_tokens_details?.cached_tokens ?? null
  const written = usage.input_tokens_details?.cache_write_tokens ?? null
  told.tokens = {
    inputTokens: uncached(usage.input_tokens, cached, written),
    cacheReadTokens: cached,
    cacheWriteTokens: written ?? 0,
    outputTokens: usage.output_tokens ?? null,
    reasoningTokens: usage.output_tokens_details?.reasoning_tokens ?? null,
    longCacheWriteTokens: null,
    webSearches: data.output?.filter(({ type }) => type === 'web_search_call').length ?? null,
  }
}
