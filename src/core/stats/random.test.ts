import { expect, test } from 'vitest'
import { randomFrom, xoshiro128 } from './random.ts'

test('xoshiro128** gives the words of the reference implementation', () => {
  const next = xoshiro128([1, 2, 3, 4])
  expect(Array.from({ length: 10 }, next)).toEqual([
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ])
})

test('xoshiro128** passes the verification values of the xoshiro-6502 project', () => {
  const next = xoshiro128([0x964d4a0c, 0xd40ab895, 0xad7fdecb, 0x3006f0f0])
  expect(Array.from({ length: 4 }, next)).toEqual([0xf1391922, 0x6fe53806, 0xa5be2840, 0xf510ee70])
})

test('the same text gives the same numbers, another text gives others, all in [0,1)', () => {
  const draw = (text: string): number[] => Array.from({ length: 1000 }, randomFrom(text))
  expect(draw('a')).toEqual(draw('a'))
  expect(draw('a')).not.toEqual(draw('b'))
  expect(draw('a').every(number => number >= 0 && number < 1)).toBe(true)
  expect(draw('a').reduce((sum, number) => sum + number, 0) / 1000).toBeCloseTo(0.5, 1)
})
