import { expect, test } from 'vitest'
import { pricesOf } from './prices.ts'
import type { Tokens } from './wires/wire.ts'

const used = (tokens: Partial<Tokens>): Tokens => ({
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: null,
  longCacheWriteTokens: null,
  webSearches: null,
  ...tokens,
})
const openai = { url: 'https://api.openai.com/v1', prices: {} }
const anthropic = { url: 'https://api.anthropic.com', prices: {} }
const google = { url: 'https://generativelanguage.googleapis.com', prices: {} }
const million = 1_000_000

// By hand from the price lists of the makers, in US dollars per million tokens.
test.each([
  // gpt-5: input 1.25, cached 0.125, output 10 (reasoning is output).
  [
    'gpt-5',
    openai,
    { inputTokens: 234, cacheReadTokens: 1000, outputTokens: 56, reasoningTokens: 7 },
    234 * 1.25 + 1000 * 0.125 + 56 * 10,
  ],
  // A dated name is the same model.
  [
    'gpt-4o-2024-08-06',
    openai,
    { inputTokens: 1000, cacheReadTokens: 200, outputTokens: 10 },
    1000 * 2.5 + 200 * 1.25 + 10 * 10,
  ],
  // claude-sonnet-4-5: input 3, read 0.30, written for 5 minutes 3.75, for an hour 6, output 15.
  [
    'claude-sonnet-4-5-20250929',
    anthropic,
    {
      inputTokens: 134,
      cacheReadTokens: 1000,
      cacheWriteTokens: 100,
      longCacheWriteTokens: 40,
      outputTokens: 56,
    },
    134 * 3 + 1000 * 0.3 + 60 * 3.75 + 40 * 6 + 56 * 15,
  ],
  // Above 200,000 input tokens, cached ones counted: input 6, read 0.60, output 22.50.
  [
    'claude-sonnet-4-5',
    anthropic,
    { inputTokens: 1000, cacheReadTokens: 200_000, outputTokens: 100 },
    1000 * 6 + 200_000 * 0.6 + 100 * 22.5,
  ],
  // claude-opus-4-5: input 5, output 25; a search of the service is a cent.
  [
    'claude-opus-4-5',
    anthropic,
    { inputTokens: 1000, outputTokens: 100, webSearches: 2 },
    1000 * 5 + 100 * 25 + 2 * 0.01 * million,
  ],
  // gemini-2.5-pro: input 1.25, cached 0.125, output 10; above 200,000: 2.50, 0.25, 15.
  [
    'gemini-2.5-pro',
    google,
    { inputTokens: 234, cacheReadTokens: 1000, outputTokens: 56 },
    234 * 1.25 + 1000 * 0.125 + 56 * 10,
  ],
  [
    'gemini-2.5-pro',
    google,
    { inputTokens: 100_001, cacheReadTokens: 100_000, outputTokens: 10 },
    100_001 * 2.5 + 100_000 * 0.25 + 10 * 15,
  ],
] as const)('%s costs what its maker says', async (model, service, tokens, millionths) => {
  const { costOf, knows } = await pricesOf(service)
  expect(knows(model)).toBe(true)
  expect(costOf(used(tokens), [model])).toBeCloseTo(millionths / million, 12)
})

test('a model that nobody knows has no price, and one that anybody may serve has none either', async () => {
  const own = await pricesOf({ url: 'http://127.0.0.1:8080/v1', prices: {} })
  for (const model of ['m1', 'gpt-99', 'my-claude', 'gpt-oss-120b', 'llama3.3'])
    expect(own.knows(model)).toBe(false)
  expect(own.costOf(used({ inputTokens: 10 }), ['m1'])).toBeNull()
  // A way to the maker, such as a proxy of a company.
  expect(own.costOf(used({ inputTokens: million }), ['gpt-5'])).toBeCloseTo(1.25, 12)
})

test('prices of the suite come first, and a class without one is unknown once it is used', async () => {
  const { costOf } = await pricesOf({
    ...openai,
    prices: { 'gpt-5': { input: 2, output: 4 }, free: { input: 0, output: 0 } },
  })
  expect(costOf(used({ inputTokens: million, outputTokens: million }), ['gpt-5-2025-08-07', 'gpt-5'])).toBe(6)
  expect(costOf(used({ cacheReadTokens: 1 }), ['gpt-5'])).toBeNull()
  expect(costOf(used({ inputTokens: 5, outputTokens: 5 }), ['free'])).toBe(0)
  expect(costOf(used({ inputTokens: null }), ['gpt-5'])).toBeNull()
})
