import { expect, test } from 'vitest'
import type { Comparison } from '../model/report.ts'
import { mean } from './stats/pair.ts'
import { bisect } from './stats/special.ts'
import { randomFrom, type Random } from './stats/random.ts'
import { gated } from './testing.ts'

/**
 * Does `compare` keep its promises on data of known truth? Suites of 20 tasks with 5 trials on each side: some tasks solid,
 * some hopeless, some in between, each with its own pass probability. Fixed seeds, so the counts are always the same.
 */
const tasks = 20
const trials = 5
const sets = 400

/** Every task loses the same, but none more than it has; the mean over tasks falls by exactly `drop`. */
function simulate(seed: string, drop: number, erroredShare = 0): Comparison[] {
  const random = randomFrom(seed)
  return Array.from({ length: sets }, () => {
    const truth = Array.from({ length: tasks }, () => passProbability(random))
    const loss = bisect(most => mean(truth.map(p => Math.min(p, most))), drop, 0, 1)
    const draw = (p: number, share: number): string => {
      const errored = binomial(trials, share, random)
      return `${binomial(trials - errored, p, random)}/${trials - errored}+${errored}`
    }
    const base = Object.fromEntries(truth.map((p, i) => [`t${i}`, draw(p, 0)]))
    const candidate = Object.fromEntries(
      truth.map((p, i) => [`t${i}`, draw(Math.max(0, p - loss), erroredShare)]),
    )
    return gated(base, candidate)
  })
}

function passProbability(random: Random): number {
  const kind = random()
  if (kind < 0.45) return 1 - 0.1 * random()
  return kind < 0.65 ? 0.1 * random() : 0.2 + 0.7 * random()
}

function binomial(n: number, p: number, random: Random): number {
  return Array.from({ length: n }, random).filter(number => number < p).length
}

const share = (comparisons: Comparison[], holds: (comparison: Comparison) => boolean): number =>
  comparisons.filter(holds).length / comparisons.length
const regressed = ({ verdict }: Comparison): boolean => verdict.decision === 'regressed'

test('an unchanged setup is called regressed in about 5 of 100 comparisons', () => {
  const unchanged = simulate('unchanged', 0)
  expect(share(unchanged, regressed)).toBeGreaterThan(0.02)
  expect(share(unchanged, regressed)).toBeLessThan(0.08)
  expect(share(unchanged, ({ difference }) => (difference?.lo ?? 1) > 0)).toBeLessThan(0.08)
  expect(share(unchanged, ({ difference }) => (difference?.hi ?? -1) < 0)).toBeLessThan(0.08)
})

test('a drop by 10 points is found in more than 6 of 10 comparisons, one by 20 points nearly always', () => {
  expect(share(simulate('10 points', 0.1), regressed)).toBeGreaterThan(0.6)
  expect(share(simulate('20 points', 0.2), regressed)).toBeGreaterThan(0.97)
})

test('6 % infrastructure errors on the candidate’s side are not called a regression', () => {
  const erroring = simulate('errors', 0, 0.06)
  expect(share(erroring, regressed)).toBeLessThan(0.065)
  expect(share(erroring, ({ verdict }) => verdict.decision === 'infrastructure')).toBeGreaterThan(0.8)
})
