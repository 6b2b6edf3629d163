import { expect, test } from 'vitest'
import {
  formatCost,
  formatDifference,
  formatDuration,
  formatPercent,
  formatRate,
  formatRatio,
  formatShare,
  formatTokens,
} from './format.ts'

test('a pass rate is told with its trials and its likely range', () => {
  const rate = { value: 0.64, lo: 0.45, hi: 0.8, n: 25 }
  expect(formatRate(rate, 16)).toBe('64 % (16 of 25, likely 45-80)')
  expect(formatRate(rate)).toBe('64 % (25 trials, likely 45-80)')
  expect(formatRate(null)).toBe('unknown')
})

test('only all is 100 % and only none is 0 %', () => {
  expect([1, 0.999, 0.5, 0.001, 0].map(formatPercent)).toEqual(['100 %', '>99 %', '50 %', '<1 %', '0 %'])
})

test('a share of nothing is no number', () => {
  expect(formatShare(16, 25)).toBe('16 of 25 (64 %)')
  expect(formatShare(0, 0)).toBe('nothing graded')
})

test('a difference is told in points with its likely range', () => {
  expect(formatDifference({ value: -0.11, lo: -0.17, hi: -0.05 })).toBe(
    '-11 points, likely between -17 and -5',
  )
  expect(formatDifference({ value: -0.01, lo: -0.08, hi: 0.06 })).toBe('-1 point, likely between -8 and +6')
  expect(formatDifference({ value: 0.004, lo: -0.0001, hi: 0.01 })).toBe(
    '+0.4 points, likely between 0 and +1',
  )
  expect(formatDifference(null)).toBe('unknown')
})

test('a ratio is told as a change in percent', () => {
  expect(formatRatio({ value: 1.18, lo: 1.05, hi: 1.33, n: 20 })).toBe('+18 %, likely +5 to +33 (n 20)')
  expect(formatRatio({ value: 0.8, lo: null, hi: null, n: 1 })).toBe('-20 %, range unknown (n 1)')
  expect(formatRatio(null)).toBe('unknown')
})

test('an unknown cost is never a number', () => {
  expect([null, 0, 0.001, 0.42, 99.99, 99.996, 1234.5].map(formatCost)).toEqual([
    '?',
    '$0.00',
    '<$0.01',
    '$0.42',
    '$99.99',
    '$100',
    '$1,235',
  ])
})

test('tokens and times keep about three digits', () => {
  expect([null, 950, 999.6, 12_345, 999_949, 999_950, 1_234_567].map(formatTokens)).toEqual([
    '?',
    '950',
    '1.0k',
    '12.3k',
    '999.9k',
    '1.0M',
    '1.2M',
  ])
  expect([null, 850, 1200, 41_000, 190_000, 3_900_000].map(formatDuration)).toEqual([
    '?',
    '850ms',
    '1.2s',
    '41s',
    '3m 10s',
    '1h 5m',
  ])
})

test('a half is rounded alike, however it was summed up', () => {
  expect([formatPercent(0.375), formatPercent(0.375 - 1e-16)]).toEqual(['38 %', '38 %'])
})
