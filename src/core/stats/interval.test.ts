import { expect, test } from 'vitest'
import { differenceInterval, noiseOf } from './interval.ts'
import { golden, pairsOf } from './testing.ts'

test('the golden values: ten tasks, five trials on each side', () => {
  const { value, lo, hi } = differenceInterval(golden)
  expect(value).toBeCloseTo(-0.16, 12)
  expect(lo).toBeCloseTo(-0.291588, 6)
  expect(hi).toBeCloseTo(-0.028412, 6)
})

test('with one trial on each side a task that differs has the variance of its pair, m(2-m)/2', () => {
  const { base, candidate } = noiseOf(pairsOf([1, 1, 0, 0], 1, [0, 1, 0, 0], 1))
  expect(base.ofRates).toBeCloseTo(0.5 + 0.25, 12)
  expect(candidate.ofRates).toBeCloseTo(0.5 + 0.25, 12)
})

test('where one side has a single trial, only that side borrows from the other', () => {
  const { base, candidate } = noiseOf(pairsOf([2], 4, [0], 1))
  expect(base.ofRates).toBeCloseTo((2 * 2) / (4 * 3) / 4 + 0.25 / 4, 12)
  expect(candidate.ofRates).toBeCloseTo((2 * 3) / (5 * 4) + 0.25, 12)
})

test('ragged counts: each task by its own trials, the floor once a side', () => {
  const ragged = [
    { base: { passed: 1, graded: 2 }, candidate: { passed: 2, graded: 2 } },
    { base: { passed: 2, graded: 4 }, candidate: { passed: 2, graded: 2 } },
  ]
  const { base, candidate } = noiseOf(ragged)
  expect(base.ofRates).toBeCloseTo(0.5 / 2 + 1 / 3 / 4 + (1 / 2 + 1 / 4) / 2 / 4, 12)
  expect(candidate.ofRates).toBeCloseTo(1 / 4 / 2, 12)
})

test('a suite that always passes has a range and is not certain', () => {
  const { value, lo, hi } = differenceInterval(pairsOf([5, 5, 5], 5, [5, 5, 5], 5))
  expect(value).toBe(0)
  expect(lo).toBeLessThan(-0.1)
  expect(hi).toBeGreaterThan(0.1)
})

test('the range stays within [-1,1]', () => {
  expect(differenceInterval(pairsOf([1], 1, [0], 1))).toMatchObject({ value: -1, lo: -1 })
})
