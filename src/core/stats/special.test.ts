import { expect, test } from 'vitest'
import { bisect, incompleteBeta, logChoose, logFactorial, logGamma } from './special.ts'

test('factorials and binomial coefficients come back from their logarithms', () => {
  expect(Math.exp(logFactorial(0))).toBe(1)
  expect(Math.exp(logFactorial(10))).toBeCloseTo(3_628_800, 5)
  expect(Math.exp(logChoose(52, 5))).toBeCloseTo(2_598_960, 4)
})

test.each([
  [0.5, Math.log(Math.PI) / 2],
  [1, 0],
  [5, Math.log(24)],
  [10.5, 13.940625219403763],
  [100, 359.1342053695754],
])('the logarithm of the gamma function at %d is the tabled one', (x, expected) => {
  expect(logGamma(x)).toBeCloseTo(expected, 11)
})

test('the incomplete beta function agrees with values computed by SciPy', () => {
  expect(incompleteBeta(0.3, 2.5, 0.5)).toBeCloseTo(0.018927124071945658, 12)
  expect(incompleteBeta(0.99, 50, 0.5)).toBeCloseTo(0.3173043978741973, 12)
  expect([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)]).toEqual([0, 1])
})

test('bisection finds where a rising function reaches its target', () => {
  expect(bisect(x => x * x * x, 2, 0, 2)).toBeCloseTo(2 ** (1 / 3), 15)
})
