import { expect, test } from 'vitest'
import type { ClaimFinding, Side } from '../model/report.ts'
import { claimFindings, type Claim } from './claim.ts'
import { compare } from './compare.ts'
import { goldenBase, goldenCandidate } from './stats/testing.ts'
import { side, sideTask } from './testing.ts'

const costs = (mean: number): number[] => [0.9, 1, 1.1, 0.95, 1.05].map(factor => factor * mean)

/** Ten tasks with five trials each. */
const sideOf = (passes: readonly number[], cost: number | null, setup = 'bare') =>
  side(
    `run of ${setup}`,
    Object.fromEntries(
      passes.map((passed, i) => [
        `t${i}`,
        sideTask(`${passed}/5`, { costUsd: cost === null ? [] : costs(cost) }),
      ]),
    ),
    setup,
  )

const base = sideOf(goldenBase, 1)
function claimAll(candidates: Side[], claim: Claim): ClaimFinding[] {
  const pairs = candidates.map((candidate): [Side, Side] => [base, candidate])
  const options = { margin: 10, strict: false, gate: false }
  return claimFindings(
    pairs,
    pairs.map(pair => compare(...pair, options)),
    claim,
  )
}
const find = (candidate: ReturnType<typeof sideOf>, notWorse: number | null, cheaper: number | null) =>
  claimAll([candidate], { notWorse, cheaper })[0]

test('not worse is shown, or refuted, exactly where the interval ends: golden bounds -29.16 and -2.84 points', () => {
  const worse = sideOf(goldenCandidate, 1)
  expect(find(worse, 29.2, null)).toMatchObject({
    finding: 'shown',
    notWorse: { n: 100, difference: { lo: expect.closeTo(-0.291588, 6) } },
    cheaper: null,
  })
  expect(find(worse, 29.1, null)?.finding).toBe('not shown')
  expect(find(worse, 2.9, null)?.finding).toBe('not shown')
  expect(find(worse, 2.8, null)?.finding).toBe('refuted')
})

test('a claim of both is shown only if both are, and refuted if one is', () => {
  const cheap = sideOf(goldenBase, 0.7)
  expect(find(cheap, 15, 20)?.finding).toBe('shown')
  expect(find(cheap, 3, 20)).toMatchObject({
    finding: 'not shown',
    notWorse: { finding: 'not shown' },
    cheaper: { finding: 'shown', ratio: { value: expect.closeTo(0.7, 9), n: 100 } },
  })
  expect(find(cheap, 15, 40)).toMatchObject({ finding: 'refuted', cheaper: { finding: 'refuted' } })
})

test('an unknown cost shows nothing', () => {
  expect(find(sideOf(goldenBase, null), 15, 20)).toMatchObject({
    finding: 'not shown',
    cheaper: { ratio: null, finding: 'not shown' },
  })
})

test('several candidates share the chance of error', () => {
  const worse = sideOf(goldenCandidate, 1, 'small')
  // Alone it is just shown; as one of three setups of which no other shows anything it is not.
  const hopeless = sideOf([0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1, 'tiny')
  const all = claimAll([worse, hopeless, hopeless], { notWorse: 29.2, cheaper: null })
  expect(all.map(({ finding }) => finding)).toEqual(['not shown', 'refuted', 'refuted'])
})

test('trials that are in doubt show nothing', () => {
  const doubtful = { ...sideOf(goldenBase, 0.7), doubts: ['AGENTS.md never reached the model.'] }
  expect(find(doubtful, 15, 20)).toMatchObject({ sound: false, finding: 'not shown' })
  expect(find(doubtful, 15, 40)?.finding).toBe('not shown')
})
