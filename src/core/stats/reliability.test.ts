import { expect, test } from 'vitest'
import { reliability, reliabilityTest } from './reliability.ts'
import { stratifiedTest } from './stratified.ts'
import { golden } from './testing.ts'

const pair = (basePassed: number, baseGraded: number, passed: number, graded: number) => ({
  base: { passed: basePassed, graded: baseGraded },
  candidate: { passed, graded },
})

const ragged = [pair(3, 4, 1, 3), pair(4, 4, 2, 3), pair(2, 5, 0, 3)]

test('pass@2 and pass^2 of ragged tasks: the mid-p of all ways to deal the passes out (enumerated with SciPy)', () => {
  expect(reliabilityTest(ragged, 2, 'at')?.regressed.midP).toBeCloseTo(0.07142857142857144, 10)
  expect(reliabilityTest(ragged, 2, 'hat')?.regressed.midP).toBeCloseTo(0.038483965014577265, 10)
})

test('for k = 1 it is the test of the pass rate', () => {
  expect(reliabilityTest(golden, 1, 'at')?.regressed.midP).toBeCloseTo(0.016514, 6)
  expect(reliabilityTest(golden, 1, 'hat')?.improved.midP).toBeCloseTo(
    stratifiedTest(golden).improved.midP,
    10,
  )
})

test('the range comes from drawing tasks: two tasks at 0 and 1 may be any share of both', () => {
  const sure = [
    { passed: 0, graded: 5 },
    { passed: 5, graded: 5 },
  ]
  expect(reliability(sure, 3, 'hat')).toEqual({ value: 0.5, lo: 0, hi: 1, n: 10 })
})

test('twenty tasks, half of them at 1: as wide as a binomial of twenty (5 % quantile: 6 of 20)', () => {
  const half = Array.from({ length: 20 }, (_, i) => ({ passed: i % 2 === 0 ? 4 : 0, graded: 4 }))
  expect(reliability(half, 2, 'at')).toMatchObject({ value: 0.5, lo: 0.3, hi: 0.7 })
  expect(reliability(half.toReversed(), 2, 'at')).toEqual(reliability(half, 2, 'at'))
})

test('never further than the trials there are', () => {
  expect(reliability([{ passed: 2, graded: 2 }], 3, 'at')).toBeNull()
  expect(reliabilityTest(golden, 6, 'at')).toBeNull()
})
