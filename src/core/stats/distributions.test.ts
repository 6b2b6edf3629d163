import { expect, test } from 'vitest'
import { normalCdf, normalQuantile, studentCdf, studentQuantile, z95 } from './distributions.ts'

test.each([
  [0, 0.5],
  [1.96, 0.9750021048517795],
  [-1, 0.15865525393145707],
  [-2.999, 0.0013543365337271057],
  [-3, 0.0013498980316300933],
])('the normal distribution at %d is as in Abramowitz and Stegun, table 26.1', (x, expected) => {
  expect(normalCdf(x)).toBeCloseTo(expected, 14)
})

test.each([
  [-6, 9.865876450376946e-10],
  [-10, 7.61985302416047e-24],
])('the lower tail of the normal distribution keeps its digits at %d', (x, expected) => {
  expect(normalCdf(x) / expected).toBeCloseTo(1, 11)
})

test('the two ways to compute the normal distribution meet where one takes over from the other', () => {
  expect(normalCdf(-3 - 1e-12) / normalCdf(-3 + 1e-12)).toBeCloseTo(1, 10)
  expect(normalCdf(5)).toBeCloseTo(0.9999997133484281, 15)
})

test.each([
  [1e-10, -6.361340902404056],
  [0.01, -2.3263478740408408],
  [0.5, 0],
  [0.9, 1.2815515655446004],
  [0.95, z95],
  [0.975, 1.959963984540054],
  [0.999, 3.090232306167813],
])('the normal quantile of %d is the tabled one', (p, expected) => {
  expect(normalQuantile(p)).toBeCloseTo(expected, 12)
})

test.each([
  [0.95, 1, 6.314],
  [0.95, 2, 2.92],
  [0.95, 5, 2.015],
  [0.95, 10, 1.812],
  [0.95, 30, 1.697],
  [0.95, 120, 1.658],
  [0.975, 4, 2.776],
  [0.995, 7, 3.499],
])(
  'the quantile of Student’s t at %d with %d degrees of freedom is as in the printed tables',
  (p, df, expected) => {
    expect(studentQuantile(p, df)).toBeCloseTo(expected, 3)
  },
)

test.each([
  [0.95, 10, 1.8124611228116756],
  [0.95, 1999, 1.6456162481872625],
  [0.05, 5, -2.0150483733330233],
])('the quantile of Student’s t is exact beyond the tables (%d, %d degrees)', (p, df, expected) => {
  expect(studentQuantile(p, df)).toBeCloseTo(expected, 10)
})

test('Student’s t with one degree of freedom is the Cauchy distribution', () => {
  for (const t of [-20, -1, -0.3, 0, 0.7, 5])
    expect(studentCdf(t, 1)).toBeCloseTo(0.5 + Math.atan(t) / Math.PI, 13)
})
