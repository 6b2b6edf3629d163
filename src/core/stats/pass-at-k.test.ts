import { expect, test } from 'vitest'
import { passAtK, passHatK } from './pass-at-k.ts'

test('pass@k is the estimator of HumanEval (Chen et al. 2021): 1 - C(n-c,k)/C(n,k)', () => {
  const at = passAtK([{ passed: 3, graded: 10 }])
  expect(at['1']).toBeCloseTo(0.3, 12)
  expect(at['5']).toBeCloseTo(1 - 21 / 252, 12)
  expect(at['8']).toBe(1)
})

test('pass^k is that of tau-bench (Yao et al. 2024): C(c,k)/C(n,k)', () => {
  const hat = passHatK([{ passed: 6, graded: 8 }])
  expect(hat['1']).toBeCloseTo(0.75, 12)
  expect(hat['4']).toBeCloseTo(15 / 70, 12)
  expect(hat['7']).toBe(0)
})

test('is the mean over tasks and goes no further than the fewest trials of a task', () => {
  const tasks = [
    { passed: 2, graded: 2 },
    { passed: 1, graded: 4 },
  ]
  expect(passAtK(tasks)).toEqual({ '1': 0.625, '2': 0.75 })
  expect(passHatK(tasks)).toEqual({ '1': 0.625, '2': 0.5 })
})

test('without tasks there is nothing to tell', () => {
  expect(passAtK([])).toEqual({})
})
