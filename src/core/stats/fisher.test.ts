import { expect, test } from 'vitest'
import { fisherTest, fisherTwoSided, holm } from './fisher.ts'

const pair = (basePassed: number, baseGraded: number, passed: number, graded: number) => ({
  base: { passed: basePassed, graded: baseGraded },
  candidate: { passed, graded },
})

test('the lady tasting tea (Fisher 1935): all four cups right has p = 1/70, three right 17/70', () => {
  expect(fisherTest(pair(4, 4, 0, 4)).regressed).toBeCloseTo(1 / 70, 12)
  expect(fisherTest(pair(3, 4, 1, 4)).regressed).toBeCloseTo(17 / 70, 12)
  expect(fisherTest(pair(0, 4, 4, 4)).improved).toBeCloseTo(1 / 70, 12)
})

test('three cups right, two-sided: p = 0.4857 (Agresti 2002, section 3.5)', () => {
  expect(fisherTwoSided(pair(3, 4, 1, 4))).toBeCloseTo(34 / 70, 12)
})

test('Fisher’s criminal twins (1935): 2 of 17 against 10 of 13, p = 0.000465 on one side, 0.000537 on both', () => {
  expect(fisherTest(pair(10, 13, 2, 17)).regressed).toBeCloseTo(0.000465, 6)
  expect(fisherTwoSided(pair(10, 13, 2, 17))).toBeCloseTo(0.000537, 6)
})

test('Holm: 0.01, 0.04, 0.03, 0.005 become 0.03, 0.06, 0.06, 0.02 (R: p.adjust)', () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005])
  for (const [i, expected] of [0.03, 0.06, 0.06, 0.02].entries())
    expect(adjusted[i]).toBeCloseTo(expected, 12)
})

test('Holm never goes beyond 1 and takes no tasks as well', () => {
  expect(holm([0.9, 0.8])).toEqual([1, 1])
  expect(holm([])).toEqual([])
})
