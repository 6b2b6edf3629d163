import { expect, test } from 'vitest'
import { differenceInterval } from './interval.ts'
import { scoreDifference } from './score-difference.ts'
import { goldenBase, goldenCandidate } from './testing.ts'

const scores = (passed: number, graded: number): number[] =>
  Array.from({ length: graded }, (_, i) => (i < passed ? 1 : 0))

test('scores of 0 and 1 have the interval of the pass rate: the golden values', () => {
  const pairs = goldenBase.map((passed, i) => ({
    base: scores(passed, 5),
    candidate: scores(goldenCandidate[i] ?? 0, 5),
  }))
  const told = scoreDifference(pairs)
  expect(told?.lo).toBeCloseTo(-0.291588, 6)
  expect(told?.hi).toBeCloseTo(-0.028412, 6)
})

test('single scores on one side take the variance of the whole task', () => {
  const pairs = [{ base: scores(3, 5), candidate: scores(0, 1) }]
  const counts = [{ base: { passed: 3, graded: 5 }, candidate: { passed: 0, graded: 1 } }]
  expect(scoreDifference(pairs)).toEqual(differenceInterval(counts))
})

test('the order of tasks and scores does not matter, and no task is no number', () => {
  const pairs = [
    { base: [0.1, 0.7, 0.35], candidate: [0.9, 0.2] },
    { base: [1, 0.55], candidate: [0.3, 0.31, 0.8] },
  ]
  const turned = pairs.toReversed().map(pair => ({
    base: pair.base.toReversed(),
    candidate: pair.candidate.toReversed(),
  }))
  expect(scoreDifference(turned)).toEqual(scoreDifference(pairs))
  expect(scoreDifference([])).toBeNull()
})
