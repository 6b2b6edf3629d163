import { expect, test } from 'vitest'
import { stopChances } from './group-sequential.ts'
import { sum } from './pair.ts'
import { kimDeMets, obrienFlemingLike, pocockLike, spendingBounds } from './spending.ts'

const fifths = [0.2, 0.4, 0.6, 0.8, 1]

/** Information of rounds 1 … 8 against a base of 20 trials. */
const rounds = [1, 2, 3, 4, 5, 6, 7, 8].map(round => (1 / 20 + 1 / 8) / (1 / 20 + 1 / round))

const rounded = (bounds: readonly number[]): number[] => bounds.map(bound => Number(bound.toFixed(3)))

test('the golden fractions and bounds: base of 20, eight rounds, Kim-DeMets with rho 1.5', () => {
  expect(rounds.map(fraction => fraction.toFixed(4))).toEqual([
    '0.1667',
    '0.3182',
    '0.4565',
    '0.5833',
    '0.7000',
    '0.8077',
    '0.9074',
    '1.0000',
  ])
  expect(rounded(spendingBounds(rounds, kimDeMets(0.04, 1.5)))).toEqual([
    2.78, 2.553, 2.413, 2.306, 2.219, 2.146, 2.084, 2.029,
  ])
  expect(rounded(spendingBounds(rounds, kimDeMets(0.1, 1.5)))).toEqual([
    2.467, 2.201, 2.03, 1.896, 1.787, 1.693, 1.612, 1.54,
  ])
})

test('the textbook bounds for five looks at 2.5 % (Jennison and Turnbull 2000, chapter 7)', () => {
  expect(rounded(spendingBounds(fifths, obrienFlemingLike(0.025)))).toEqual([4.877, 3.357, 2.68, 2.29, 2.031])
  expect(rounded(spendingBounds(fifths, pocockLike(0.025)))).toEqual([2.438, 2.427, 2.41, 2.397, 2.386])
})

test('one look is the fixed test', () => {
  expect(spendingBounds([1], kimDeMets(0.05, 1.5))[0]).toBeCloseTo(1.6448536, 6)
})

test('many looks still spend just what is allowed', () => {
  const looks = Array.from({ length: 40 }, (_, i) => (i + 1) / 40)
  const bounds = spendingBounds(looks, kimDeMets(0.04, 1.5))
  const chances = stopChances(
    looks.map((fraction, i) => ({ fraction, lower: -Infinity, upper: bounds[i] ?? 0 })),
    0,
  )
  expect(sum(chances.map(({ above }) => above))).toBeCloseTo(0.04, 5)
})

test('Pocock’s own constant bounds: 2.413 at five equal looks has 5 % in both tails (Pocock 1977, Biometrika 64)', () => {
  const looks = fifths.map(fraction => ({ fraction, lower: -2.413, upper: 2.413 }))
  const stopped = stopChances(looks, 0)
  expect(sum(stopped.map(({ above, below }) => above + below))).toBeCloseTo(0.05, 3)
})

test('with a drift the chances are those of one normal at a single look', () => {
  const [only] = stopChances([{ fraction: 1, lower: 0, upper: 1.6448536 }], 2.4864749)
  expect(only?.above).toBeCloseTo(0.8, 6)
  expect(only?.below).toBeCloseTo(0.00645, 5)
})
