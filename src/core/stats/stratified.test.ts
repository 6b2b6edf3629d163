import { expect, test } from 'vitest'
import { fisherTest } from './fisher.ts'
import type { Counts, Pair } from './pair.ts'
import { scoreTest } from './permutation.ts'
import { stratifiedTest } from './stratified.ts'
import { golden, goldenBase, goldenCandidate, pairsOf } from './testing.ts'

test('the golden values: ten tasks, five trials on each side', () => {
  const { regressed } = stratifiedTest(golden)
  expect(regressed.p).toBeCloseTo(0.02684, 6)
  expect(regressed.midP).toBeCloseTo(0.016514, 6)
})

test('the golden values: the same with ten trials in the base', () => {
  const doubled = pairsOf(
    goldenBase.map(passed => 2 * passed),
    10,
    goldenCandidate,
    5,
  )
  const { regressed } = stratifiedTest(doubled)
  expect(regressed.p).toBeCloseTo(0.008458, 6)
  expect(regressed.midP).toBeCloseTo(0.00518, 6)
})

test('the penicillin rabbits (R: mantelhaen.test(Rabbits, exact = TRUE), two-sided p = 0.03994)', () => {
  const cured = (atOnce: [number, number], delayed: [number, number]): Pair => ({
    base: { passed: atOnce[0], graded: atOnce[0] + atOnce[1] },
    candidate: { passed: delayed[0], graded: delayed[0] + delayed[1] },
  })
  const rabbits = [
    cured([0, 6], [0, 5]),
    cured([3, 3], [0, 6]),
    cured([6, 0], [2, 4]),
    cured([5, 1], [6, 0]),
    cured([2, 0], [5, 0]),
  ]
  expect(2 * stratifiedTest(rabbits).regressed.p).toBeCloseTo(0.03994, 5)
})

test('with one task it is Fisher’s exact test', () => {
  const pair = { base: { passed: 7, graded: 9 }, candidate: { passed: 2, graded: 6 } }
  const { regressed, improved } = stratifiedTest([pair])
  expect(regressed.p).toBeCloseTo(fisherTest(pair).regressed, 12)
  expect(improved.p).toBeCloseTo(fisherTest(pair).improved, 12)
})

test('an improvement is the mirror image of a regression, and the two mid-p values add up to 1', () => {
  const there = stratifiedTest(golden)
  const back = stratifiedTest(golden.map(({ base, candidate }) => ({ base: candidate, candidate: base })))
  expect(back.improved.midP).toBeCloseTo(there.regressed.midP, 12)
  expect(there.regressed.midP + there.improved.midP).toBeCloseTo(1, 12)
})

test('tasks that always pass or always fail on both sides say nothing', () => {
  const silent = pairsOf([5, 0, 5], 5, [5, 0, 5], 5)
  expect(stratifiedTest(silent).regressed).toEqual({ p: 1, midP: 0.5 })
  expect(stratifiedTest([...golden, ...silent]).regressed.midP).toBeCloseTo(0.016514, 6)
})

/** Every way to deal out the trials of ragged tasks, counted one by one. */
function byEnumeration(pairs: Pair[]): number {
  const drop = (dealt: boolean[][]): number =>
    pairs.reduce((total, { base, candidate }, i) => {
      const passes = (from: number, to: number): number =>
        (dealt[i] ?? []).slice(from, to).filter(Boolean).length
      const all = base.graded + candidate.graded
      return total + passes(0, base.graded) / base.graded - passes(base.graded, all) / candidate.graded
    }, 0)
  const seen = pairs.map(({ base, candidate }) => [...trials(base), ...trials(candidate)])
  let [above, equal, all] = [0, 0, 0]
  for (const dealt of product(seen.map(permutations))) {
    const difference = drop(dealt) - drop(seen)
    all++
    if (Math.abs(difference) < 1e-9) equal++
    else if (difference > 0) above++
  }
  return (above + equal / 2) / all
}

const trials = ({ passed, graded }: { passed: number; graded: number }): boolean[] =>
  Array.from({ length: graded }, (_, i) => i < passed)

function permutations<T>(items: T[]): T[][] {
  if (items.length <= 1) return [items]
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map(rest => [item, ...rest]))
}

function product<T>(sets: T[][]): T[][] {
  return sets.reduce<T[][]>(
    (products, set) => products.flatMap(start => set.map(item => [...start, item])),
    [[]],
  )
}

test('ragged counts are exact as well: the same p as by counting all permutations', () => {
  const ragged: Pair[] = [
    { base: { passed: 3, graded: 3 }, candidate: { passed: 0, graded: 2 } },
    { base: { passed: 1, graded: 2 }, candidate: { passed: 1, graded: 1 } },
    { base: { passed: 2, graded: 2 }, candidate: { passed: 1, graded: 3 } },
  ]
  expect(stratifiedTest(ragged).regressed.midP).toBeCloseTo(byEnumeration(ragged), 10)
})

test('where the exact distribution is too large it is sampled, near to another sampling and always the same', () => {
  // Primes as numbers of trials: the common multiple has no chance to be small.
  const sizes = [7, 11, 13, 17, 19, 23, 29, 31, 37, 41]
  const huge = sizes.map((graded, i) => {
    const candidateTrials = sizes[(i + 3) % sizes.length] ?? 7
    const candidate = { passed: Math.floor(candidateTrials * 0.8), graded: candidateTrials }
    return { base: { passed: graded - (i % 3), graded }, candidate }
  })
  const once = stratifiedTest(huge)
  expect(stratifiedTest(huge.toReversed())).toEqual(once)
  // Sampled p values are whole multiples of 1/20,001.
  expect(once.regressed.p * 20_001).toBeCloseTo(Math.round(once.regressed.p * 20_001), 6)
  const list = ({ passed, graded }: Counts): number[] =>
    Array.from({ length: graded }, (_, i) => (i < passed ? 1 : 0))
  const dealt = scoreTest(
    huge.map(({ base, candidate }) => ({ base: list(base), candidate: list(candidate) })),
  )
  expect(Math.abs(once.regressed.midP - dealt.regressed.midP)).toBeLessThan(0.01)
})

test('the order of the tasks does not change a single bit', () => {
  const ragged = [
    ...golden,
    { base: { passed: 3, graded: 7 }, candidate: { passed: 1, graded: 4 } },
    { base: { passed: 6, graded: 6 }, candidate: { passed: 2, graded: 5 } },
  ]
  expect(stratifiedTest(ragged.toReversed())).toEqual(stratifiedTest(ragged))
})
