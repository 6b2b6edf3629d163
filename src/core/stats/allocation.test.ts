import { expect, test } from 'vitest'
import { allocate, isHopeless, type TaskHistory } from './allocation.ts'

const history = (passed: number, graded: number, costUsd: number | null): TaskHistory => ({
  passed,
  graded,
  costUsd,
})

test('trials in proportion to deviation over root of cost, rounded (computed with NumPy: 6.07, 10.98, 5.49, 16.36)', () => {
  const tasks = [history(10, 10, 1), history(5, 10, 1), history(5, 10, 4), history(9, 10, 0.25)]
  expect(allocate(tasks, 8)).toEqual([6, 11, 5, 16])
})

test('as precise as even shares, for less money', () => {
  const tasks = [history(9, 10, 8), history(5, 10, 2), history(3, 10, 1), history(7, 10, 0.5)]
  const variance = (trials: number[]): number =>
    tasks.reduce((total, { passed, graded }, i) => {
      const rate = (passed + 1) / (graded + 2)
      return total + (rate * (1 - rate)) / (trials[i] ?? 0)
    }, 0)
  const cost = (trials: number[]): number =>
    tasks.reduce((total, { costUsd }, i) => total + (costUsd ?? 0) * (trials[i] ?? 0), 0)
  const even = [20, 20, 20, 20]
  const best = allocate(tasks, 20)
  expect(variance(best) / variance(even)).toBeCloseTo(1, 1)
  expect(cost(best)).toBeLessThan(0.9 * cost(even))
})

test('one unknown cost makes all alike, and alike tasks share evenly', () => {
  expect(allocate([history(5, 10, 1), history(5, 10, null), history(5, 10, 9)], 6)).toEqual([6, 6, 6])
})

test('nobody gets fewer than two, nor more than twice the even share', () => {
  const trials = allocate([history(5, 10, 10_000), history(5, 10, 0.0001)], 4)
  expect(trials).toEqual([2, 8])
})

test('a task is hopeless only after ten trials without a pass', () => {
  expect(isHopeless({ passed: 0, graded: 9 })).toBe(false)
  expect(isHopeless({ passed: 0, graded: 10 })).toBe(true)
  expect(isHopeless({ passed: 1, graded: 100 })).toBe(false)
})
