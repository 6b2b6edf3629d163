import { z } from 'zod'

/** What a model service speaks. */
export const ModelApi = z.enum(['openai-chat', 'openai-responses', 'anthropic', 'gemini'])
export type ModelApi = z.infer<typeof ModelApi>

const usd = z.number().nonnegative()

/** US dollars per million tokens. A class without a price makes the cost of a call that used it unknown. */
export const Price = z.strictObject({
  input: usd.describe('input that was not cached'),
  cacheRead: usd.optional().describe('input that was read from a cache'),
  cacheWrite: usd.optional().describe('input that was written to a cache'),
  output: usd.describe('output, reasoning included'),
})
export type Price = z.infer<typeof Price>

/** Where the model of a setup answers, and what for. */
export const Service = z.strictObject({
  /** As the service's own documentation gives it: OpenAI's ends in `/v1`, those of Anthropic and Gemini have no path. */
  url: z.string(),
  api: ModelApi,
  /** Name of the host variable that holds the key; null = none, or the agent's own credentials are passed on. */
  key: z.string().nullable(),
  /** By model, instead of the known prices. */
  prices: z.record(z.string(), Price).default({}),
})
export type Service = z.infer<typeof Service>
