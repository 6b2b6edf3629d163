import { expect, test } from 'vitest'
import { baseTrialsToName, canBeNamed, confirmed, isSuspect } from './confirm.ts'

const pair = (basePassed: number, baseGraded: number, passed: number, graded: number) => ({
  base: { passed: basePassed, graded: baseGraded },
  candidate: { passed, graded },
})

test.each([
  [10, 4],
  [20, 5],
  [50, 6],
  [200, 8],
])(
  'a broken one among %d tasks needs a base of %d trials against ten (1/C(b+10,10) <= 1 %%/N)',
  (family, base) => {
    expect(baseTrialsToName(family, 10)).toBe(base)
  },
)

test('a task that fell from 20/20 to 0/10 is named among twenty, one that fell to 7/10 is not', () => {
  const broken = pair(20, 20, 0, 10)
  expect(confirmed([broken, pair(20, 20, 7, 10)], 20)).toEqual([broken])
})

test('tasks that were never suspected count as well: the same p is named among few and not among many', () => {
  // Fisher's p = 1/C(10,5) = 1/252
  const fallen = pair(5, 5, 0, 5)
  expect(confirmed([fallen], 2)).toEqual([fallen])
  expect(confirmed([fallen], 3)).toEqual([])
})

test('Holm: the second is held against one task fewer', () => {
  const [first, second] = [pair(20, 20, 0, 10), pair(5, 5, 0, 5)]
  expect(confirmed([first, second], 3)).toEqual([first, second])
})

test('suspicion takes little: one failure of a task that has always passed', () => {
  expect(isSuspect(pair(20, 20, 0, 1))).toBe(true)
  expect(isSuspect(pair(14, 20, 1, 2))).toBe(false)
  expect(isSuspect(pair(14, 20, 0, 0))).toBe(false)
})

test('more trials are no use where even ten failures would not be enough', () => {
  expect(canBeNamed(pair(20, 20, 0, 1), 9, 20, 0)).toBe(true)
  expect(canBeNamed(pair(8, 20, 0, 2), 8, 20, 0)).toBe(false)
  expect(canBeNamed(pair(20, 20, 0, 0), 0, 20, 0)).toBe(false)
})
