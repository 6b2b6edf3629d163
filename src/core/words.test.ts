import { expect, test } from 'vitest'
import { change, count, percent, points, someOf } from './words.ts'

test('a drop reads as one would say it', () => {
  expect(change(0.64, 0.53, { value: -0.11, lo: -0.17, hi: -0.05 })).toBe(
    'fell from 64 % to 53 % (-11 points, likely between -17 and -5)',
  )
})

test('a rise, one point, and no change at all', () => {
  expect(change(0.5, 0.6, { value: 0.1, lo: -0.001, hi: 0.2 })).toBe(
    'rose from 50 % to 60 % (+10 points, likely between 0 and +20)',
  )
  expect(change(0.5, 0.51, { value: 0.01, lo: -0.05, hi: 0.07 })).toContain(
    '(+1 point, likely between -5 and +7)',
  )
  expect(change(0.5, 0.5, { value: 1e-17, lo: -0.05, hi: 0.05 })).toBe(
    'stayed at 50 % (likely between -5 and +5 points)',
  )
})

test('a change below one point is not rounded away', () => {
  expect(change(0.644, 0.64, { value: -0.004, lo: -0.02, hi: 0.012 })).toBe(
    'fell from 64.4 % to 64.0 % (-0.4 points, likely between -2.0 and +1.2)',
  )
})

test('a half is rounded alike, however it was summed up', () => {
  expect([percent(0.375), percent(0.375 - 1e-16), percent(0.375 + 1e-16)]).toEqual(['38 %', '38 %', '38 %'])
})

test('what rounds to 0 has no sign', () => {
  expect([points(-0.001), points(0.001), percent(-0.0001)]).toEqual(['0', '0', '0 %'])
})

test('long lists are cut, with how many are left', () => {
  expect(someOf(['a', 'b', 'c'], 2)).toBe('a, b and 1 more')
  expect(someOf(['a', 'b'], 2)).toBe('a, b')
  expect([count(1, 'trial'), count(0, 'trial')]).toEqual(['1 trial', '0 trials'])
})
