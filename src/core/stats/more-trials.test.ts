import { expect, test } from 'vitest'
import { noiseOf } from './interval.ts'
import { moreTrials } from './more-trials.ts'
import { golden, goldenBase, goldenCandidate, pairsOf } from './testing.ts'

const error = (pairs: typeof golden, candidateTrials: number): number => {
  const { base, candidate } = noiseOf(pairs)
  return Math.sqrt(base.ofRates + candidate.ofOneTrial / candidateTrials) / pairs.length
}

test('asks for just as many candidate trials as bring the error down to the margin over 1.645 + 1.282', () => {
  const pairs = pairsOf(
    goldenBase.map(passed => 4 * passed),
    20,
    goldenCandidate,
    5,
  )
  const more = moreTrials(pairs, 0.15)
  expect(more).toMatchObject({ side: 'candidate', total: 10 * more.perTask })
  expect(more.perTask).toBeGreaterThan(0)
  const wanted = 0.15 / (1.644854 + 1.281552)
  expect(error(pairs, 5 + more.perTask)).toBeLessThanOrEqual(wanted)
  expect(error(pairs, 5 + more.perTask - 1)).toBeGreaterThan(wanted)
})

test('asks for base trials where no number of candidate trials is enough', () => {
  const more = moreTrials(golden, 0.05)
  expect(more.side).toBe('base')
  expect(error(golden, 1e12)).toBeGreaterThan(0.05 / (1.644854 + 1.281552))
  const { base, candidate } = noiseOf(golden)
  const after = Math.sqrt((base.ofOneTrial + candidate.ofOneTrial) / (5 + more.perTask)) / golden.length
  expect(after).toBeLessThanOrEqual(0.05 / (1.644854 + 1.281552))
})

test('asks for nothing where there were enough', () => {
  expect(moreTrials(pairsOf(Array<number>(50).fill(10), 10, Array<number>(50).fill(10), 10), 0.1)).toEqual({
    side: 'candidate',
    perTask: 0,
    total: 0,
  })
})
