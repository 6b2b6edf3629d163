import { expect, test } from 'vitest'
import { cohenKappa, krippendorffAlpha } from './agreement.ts'

const times = (n: number, a: string, b: string): [string, string][] => Array.from({ length: n }, () => [a, b])

test('Cohen’s kappa of the grant proposals (20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no) is 0.40', () => {
  const ratings = [
    ...times(20, 'yes', 'yes'),
    ...times(5, 'yes', 'no'),
    ...times(10, 'no', 'yes'),
    ...times(15, 'no', 'no'),
  ]
  expect(cohenKappa(ratings)).toBeCloseTo(0.4, 12)
})

test('kappa is unknown without ratings, and where both say only one thing', () => {
  expect(cohenKappa([])).toBeNull()
  expect(cohenKappa(times(5, 'yes', 'yes'))).toBeNull()
})

/** Four observers, twelve units, some missing (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, section D). */
const observers = [
  [1, 2, 3, 3, 2, 1, 4, 1, 2, null, null, null],
  [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, null, 3],
  [null, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, null],
  [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, null],
]
const units = Array.from({ length: 12 }, (_, i) => observers.map(observer => observer[i] ?? null))

test.each([
  ['nominal', 0.743],
  ['ordinal', 0.815],
  ['interval', 0.849],
] as const)('Krippendorff’s alpha of his own example on a scale that is %s is %d', (scale, expected) => {
  expect(krippendorffAlpha(units, scale)).toBeCloseTo(expected, 3)
})

test('alpha is unknown where nothing varies', () => {
  expect(
    krippendorffAlpha(
      [
        [1, 1],
        [1, 1],
        [null, 2],
      ],
      'nominal',
    ),
  ).toBeNull()
})
