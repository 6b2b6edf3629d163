import { expect, test } from 'vitest'
import { logRatio } from './log-ratio.ts'

test('one task: the pooled two-sample t interval of the logarithms (as by SciPy’s ttest_ind)', () => {
  const ratio = logRatio([{ base: [10, 12, 9, 11], candidate: [13, 12, 15, 14] }])
  expect(ratio?.value).toBeCloseTo(1.2886407571814267, 10)
  expect(ratio?.lo).toBeCloseTo(1.1066354229908442, 10)
  expect(ratio?.hi).toBeCloseTo(1.5005800162994238, 10)
  expect(ratio?.n).toBe(8)
})

test('two ragged tasks, computed independently', () => {
  const ratio = logRatio([
    { base: [1.0, 1.2, 0.9], candidate: [1.3, 1.1] },
    { base: [4.0, 5.0], candidate: [6.0, 5.5, 7.0] },
  ])
  expect(ratio?.value).toBeCloseTo(1.26456517, 8)
  expect(ratio?.lo).toBeCloseTo(1.06618343, 8)
  expect(ratio?.hi).toBeCloseTo(1.49985923, 8)
})

test('a cheap and a dear task count alike: the ratio does not follow the dear one', () => {
  const ratio = logRatio([
    { base: [0.01, 0.01], candidate: [0.02, 0.02] },
    { base: [100, 100], candidate: [50, 50] },
  ])
  expect(ratio?.value).toBeCloseTo(1, 12)
})

test('single values give a ratio, but no range', () => {
  expect(logRatio([{ base: [1], candidate: [1] }])).toEqual({ value: 1, lo: null, hi: null, n: 2 })
})

test('tasks without values on both sides, or with a zero, are left out', () => {
  const unusable = [
    { base: [], candidate: [1] },
    { base: [0, 1], candidate: [1, 1] },
  ]
  expect(logRatio(unusable)).toBeNull()
  expect(logRatio([...unusable, { base: [1], candidate: [2] }])).toMatchObject({ value: 2, n: 2 })
})
