import { expect, test } from 'vitest'
import { scoreTest, type ScorePair } from './permutation.ts'
import { stratifiedTest } from './stratified.ts'
import { golden } from './testing.ts'

const asScores = (pairs: typeof golden): ScorePair[] =>
  pairs.map(({ base, candidate }) => ({ base: zerosAndOnes(base), candidate: zerosAndOnes(candidate) }))

const zerosAndOnes = ({ passed, graded }: { passed: number; graded: number }): number[] =>
  Array.from({ length: graded }, (_, i) => (i < passed ? 1 : 0))

test('on scores of 0 and 1 it comes near to the exact test of the golden values', () => {
  const exact = stratifiedTest(golden)
  const sampled = scoreTest(asScores(golden))
  // Standard error of 20,000 draws at this p: 0.0009.
  expect(Math.abs(sampled.regressed.midP - exact.regressed.midP)).toBeLessThan(0.004)
  expect(Math.abs(sampled.improved.midP - exact.improved.midP)).toBeLessThan(0.004)
})

test('one task of three against three: 1 of 20 ways to deal the scores out is as extreme', () => {
  const { regressed } = scoreTest([{ base: [0.7, 0.8, 0.9], candidate: [0.1, 0.2, 0.3] }])
  expect(Math.abs(regressed.p - 1 / 20)).toBeLessThan(0.006)
  expect(Math.abs(regressed.midP - 1 / 40)).toBeLessThan(0.004)
})

test('neither the order of the tasks nor that of the scores changes a single bit', () => {
  const tasks: ScorePair[] = [
    { base: [0.1, 0.9, 0.35], candidate: [0.2, 0.4] },
    { base: [0.7, 0.65], candidate: [0.8, 0.1, 0.3] },
  ]
  const turned = tasks
    .toReversed()
    .map(({ base, candidate }) => ({ base: base.toReversed(), candidate: candidate.toReversed() }))
  expect(scoreTest(turned)).toEqual(scoreTest(tasks))
})

test('equal scores everywhere are no evidence at all', () => {
  expect(scoreTest([{ base: [0.5, 0.5], candidate: [0.5, 0.5] }]).regressed).toEqual({ p: 1, midP: 0.5 })
})
