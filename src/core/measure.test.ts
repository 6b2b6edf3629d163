import { expect, test } from 'vitest'
import { measure, tokensOf } from './measure.ts'

test('unknown values are left out, not taken for 0', () => {
  expect(measure([1, null, 4, 10, null, 5])).toEqual({ mean: 5, median: 4.5, total: 20, n: 4 })
  expect(measure([3, 1, 2])).toMatchObject({ median: 2 })
})

test('nothing known is null', () => {
  expect(measure([null])).toBeNull()
  expect(measure([])).toBeNull()
})

const usage = {
  inputTokens: 10,
  cacheReadTokens: 200,
  cacheWriteTokens: 30,
  outputTokens: 4,
  reasoningTokens: 3,
}

test('tokens are input, cached or not, plus output; reasoning is part of the output', () => {
  expect(tokensOf(usage)).toBe(244)
  expect(tokensOf({ ...usage, cacheReadTokens: null, cacheWriteTokens: null })).toBe(14)
})

test('tokens are unknown where input or output is', () => {
  expect(tokensOf(null)).toBeNull()
  expect(tokensOf({ ...usage, inputTokens: null })).toBeNull()
  expect(tokensOf({ ...usage, outputTokens: null })).toBeNull()
})
