import { expect, test } from 'vitest'
import { suiteRate, taskRate } from './rate.ts'

const z975 = 1.959963984540054

test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])(
  'Wilson’s interval of %d in %d is that of Newcombe 1998, Statistics in Medicine 17, table I',
  (passed, graded, lo, hi) => {
    const rate = taskRate({ passed, graded }, z975)
    expect(rate.lo).toBeCloseTo(lo, 4)
    expect(rate.hi).toBeCloseTo(hi, 4)
    expect(rate).toMatchObject({ value: passed / graded, n: graded })
  },
)

test('a task that always or never passes has an open end at exactly 1 or 0', () => {
  expect(taskRate({ passed: 5, graded: 5 }).hi).toBe(1)
  expect(taskRate({ passed: 0, graded: 7 }).lo).toBe(0)
})

test('the rate of a suite is the mean over tasks, however many trials each has', () => {
  const rate = suiteRate([
    { passed: 1, graded: 2 },
    { passed: 10, graded: 10 },
  ])
  expect(rate).toMatchObject({ value: 0.75, n: 12 })
  const variance = (1 / 4 + (1 / 2 + 1 / 10) / 2 / 4) / 4
  expect(rate.lo).toBeCloseTo(0.75 - 1.6448536 * Math.sqrt(variance), 6)
  expect(rate.hi).toBe(1)
})

test('single trials borrow the variance of the whole suite: never a narrower range than for more trials', () => {
  const once = suiteRate(Array.from({ length: 20 }, (_, i) => ({ passed: i % 2, graded: 1 })))
  expect(once.hi - once.lo).toBeCloseTo(2 * 1.6448536 * Math.sqrt((20 * 0.25 + 0.25) / 400), 6)
})

test('a suite of one task has the interval of that task', () => {
  expect(suiteRate([{ passed: 3, graded: 5 }])).toEqual(taskRate({ passed: 3, graded: 5 }))
})
