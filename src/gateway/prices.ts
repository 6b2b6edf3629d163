import type { Service } from '../model/service.ts'
import type { Tokens } from './wires/wire.ts'

type Known = Pick<typeof import('@pydantic/genai-prices'), 'calcPrice' | 'findProvider'>

/** What a call costs. */
export interface Prices {
  /** In US dollars; null where a price is not known, or how much of something was used. `models` are its names, the truest first. */
  costOf(tokens: Tokens, models: readonly string[]): number | null
  /** Whether there is a price at all. */
  knows(model: string): boolean
}

/** Models that anybody may serve, at prices of his own, also under the name of who made them. */
const open = /^(openai\/)?gpt-oss|^gemma|^whisper/
const makers = ['openai', 'anthropic', 'google']

/**
 * Prices of a service: those that the suite gives, else the published ones. A service that is not known is taken for a way
 * to the maker of the model. Loaded when they are needed: the table is large.
 */
export async function pricesOf({ url, prices }: Pick<Service, 'url' | 'prices'>): Promise<Prices> {
  const known: Known = await import('@pydantic/genai-prices')
  const published = (tokens: Tokens, model: string): number | null => publishedCost(known, url, tokens, model)
  const costOf: Prices['costOf'] = (tokens, models) => {
    for (const model of models) {
      const own = Object.hasOwn(prices, model) ? prices[model] : undefined
      if (own) return ownCost(own, tokens)
    }
    for (const model of models) {
      const cost = published(tokens, model)
      if (cost !== null) return cost
    }
    return null
  }
  return { costOf, knows: model => costOf(oneToken, [model]) !== null }
}

const oneToken: Tokens = {
  inputTokens: 1,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 1,
  reasoningTokens: 0,
  longCacheWriteTokens: null,
  webSearches: null,
}

function ownCost(
  { input, cacheRead, cacheWrite, output }: Service['prices'][string],
  { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens }: Tokens,
): number | null {
  if (inputTokens === null || outputTokens === null) return null
  const parts = [
    [inputTokens, input],
    [cacheReadTokens ?? 0, cacheRead],
    [cacheWriteTokens ?? 0, cacheWrite],
    [outputTokens, output],
  ] as const
  let millionths = 0
  for (const [tokens, price] of parts) {
    if (tokens === 0) continue
    if (price === undefined) return null
    millionths += tokens * price
  }
  return millionths / 1e6
}

function publishedCost(
  { calcPrice, findProvider }: Known,
  providerApiUrl: string,
  tokens: Tokens,
  model: string,
): number | null {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, longCacheWriteTokens, webSearches } =
    tokens
  if (inputTokens === null || outputTokens === null) return null
  const read = cacheReadTokens ?? 0
  const written = cacheWriteTokens ?? 0
  const usage = {
    // With all that came from caches, which also decides the tier.
    input_tokens: inputTokens + read + written,
    ...(read > 0 ? { cache_read_tokens: read } : {}),
    ...(written > 0 ? { cache_write_tokens: written } : {}),
    ...(longCacheWriteTokens ? { cache_write_1h_tokens: Math.min(longCacheWriteTokens, written) } : {}),
    ...(webSearches ? { web_searches: webSearches } : {}),
    output_tokens: outputTokens,
  }
  const provider = findProvider({ providerApiUrl })
  if (!provider && open.test(model)) return null
  try {
    const found = calcPrice(usage, model, provider ? { providerId: provider.id } : {})
    if (!found || (!provider && !makers.includes(found.provider.id))) return null
    return found.total_price
  } catch (error) {
    // The table has no price for one of the classes.
    if (error instanceof Error) return null
    throw error
  }
}
