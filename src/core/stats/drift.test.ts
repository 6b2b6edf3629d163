import { expect, test } from 'vitest'
import { driftTest } from './drift.ts'
import { fisherTest } from './fisher.ts'
import { pairsOf } from './testing.ts'

test('one task: twice the smaller mid-p of Fisher’s exact test (hypergeometric, computed with SciPy)', () => {
  const drift = driftTest(pairsOf([9], 10, [2], 5))
  // X ~ hypergeometric(15, 11, 5): P(X <= 2) - P(X = 2)/2
  const [pair] = pairsOf([9], 10, [2], 5)
  const exact = pair && fisherTest(pair).regressed
  expect(drift?.p).toBeLessThan(2 * (exact ?? 0))
  expect(drift?.p).toBeCloseTo(0.08058608058608059, 10)
  expect(drift?.drifted).toBe(true)
})

test('a day that is better than the stored one is a drift as well', () => {
  expect(driftTest(pairsOf([2, 3, 2], 10, [5, 5, 5], 5))).toMatchObject({ drifted: true })
})

test('the same rates are no drift, and without canary trials nothing is known', () => {
  expect(driftTest(pairsOf([6, 8], 10, [3, 4], 5))).toMatchObject({ drifted: false })
  expect(driftTest(pairsOf([6, 8], 10, [0, 0], 0))).toBeNull()
})
