import { expect, test } from 'vitest'
import { knownTasks, lossesOf, powerOf, smallestDrop, trialsForDrop, unknownTasks } from './power.ts'

/** Smallest drops in points at 80 % power for variance 0.11, by the formula 2.486·√(s²/N·(1/b + 1/c)) of Miller 2024. */
test.each([
  [5, 3, 3, 30],
  [10, 5, 5, 16],
  [20, 5, 5, 12],
  [20, 20, 5, 9],
  [50, 3, 3, 10],
  [200, 10, 10, 3],
])(
  '%d unknown tasks, %d base and %d candidate trials: a drop by %d points',
  (tasks, base, trials, points) => {
    const unknown = unknownTasks(tasks, base)
    const formula = 2.486 * Math.sqrt((0.11 / tasks) * (1 / base + 1 / trials))
    const drop = smallestDrop(unknown, by => powerOf(unknown, trials, by)) ?? 0
    expect(Math.round(100 * formula)).toBe(points)
    expect(Math.abs(drop - formula)).toBeLessThan(0.025 * (1 + 10 * formula))
  },
)

const mixed = knownTasks([
  ...Array.from({ length: 9 }, () => ({ passed: 19, graded: 20 })),
  ...Array.from({ length: 7 }, () => ({ passed: 12, graded: 20 })),
  ...Array.from({ length: 4 }, () => ({ passed: 1, graded: 20 })),
])

test('without a drop the power is the level', () => {
  expect(powerOf(mixed, 5, 0)).toBeCloseTo(0.05, 2)
})

test('more trials and larger drops are seen better', () => {
  expect(powerOf(mixed, 10, 0.1)).toBeGreaterThan(powerOf(mixed, 5, 0.1))
  expect(powerOf(mixed, 5, 0.15)).toBeGreaterThan(powerOf(mixed, 5, 0.1))
})

test('a drop takes from each task what it has, and no more', () => {
  const losses = lossesOf(mixed, 0.1)
  expect(losses.reduce((a, b) => a + b, 0) / 20).toBeCloseTo(0.1, 9)
  for (const [i, loss] of losses.entries()) expect(loss).toBeLessThanOrEqual((mixed[i]?.rate ?? 0) + 1e-12)
})

test('the trials that a drop needs are the fewest that see it four times out of five', () => {
  const needed = trialsForDrop(mixed, 0.08)
  expect(needed?.side).toBe('candidate')
  const perTask = needed?.perTask ?? 0
  expect(powerOf(mixed, perTask, 0.08)).toBeGreaterThanOrEqual(0.8)
  expect(powerOf(mixed, perTask - 1, 0.08)).toBeLessThan(0.8)
})

test('where the baseline is too small for any number of candidate trials it says so', () => {
  const few = unknownTasks(10, 3)
  const needed = trialsForDrop(few, 0.05)
  expect(needed?.side).toBe('both')
  expect(powerOf(few, 100_000, 0.05)).toBeLessThan(0.8)
})

test('a task that failed five times is taken to pass now and then, as far as the suite shows chance', () => {
  const [failed, passed] = knownTasks([
    { passed: 0, graded: 5 },
    { passed: 5, graded: 5 },
    { passed: 3, graded: 5 },
    { passed: 2, graded: 5 },
  ])
  expect(failed?.rate).toBeGreaterThan(0.02)
  expect(passed?.rate).toBeLessThan(0.98)
  expect(failed?.variance).toBe(0)
})
