import { expect, test } from 'vitest'
import { logRatio, ratioTest } from './log-ratio.ts'

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

const ragged = [
  { base: [1.0, 1.2, 0.9], candidate: [1.3, 1.1] },
  { base: [4.0, 5.0], candidate: [6.0, 5.5, 7.0] },
]

test('a test of the ratio against a limit is the t test of the logarithms (computed with SciPy)', () => {
  expect(ratioTest(ragged, 1.2)?.lower).toBeCloseTo(0.7137648447285632, 10)
  expect(ratioTest(ragged, 1.2)?.higher).toBeCloseTo(0.2862351552714369, 10)
  expect(ratioTest(ragged, 1)?.higher).toBeCloseTo(0.01844067351587658, 10)
  expect(ratioTest(ragged, 1.6)?.lower).toBeCloseTo(0.01828816903381707, 10)
})

test('the limit at which the test says 5 % is the end of the likely range', () => {
  const { lo, hi } = logRatio(ragged) ?? {}
  expect(ratioTest(ragged, hi ?? 0)?.lower).toBeCloseTo(0.05, 10)
  expect(ratioTest(ragged, lo ?? 0)?.higher).toBeCloseTo(0.05, 10)
})

test('without any spread there is no test', () => {
  expect(ratioTest([{ base: [1], candidate: [1] }], 1.2)).toBeNull()
})
