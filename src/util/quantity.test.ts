import { expect, test } from 'vitest'
import { formatAge, formatBytes, parseAge, parseBytes } from './quantity.ts'

test('sizes and ages are read as people write them, and nothing else is', () => {
  expect(['20GB', '1.5 kb', '0B', '20', 'GB', '-1GB', '1PB'].map(parseBytes)).toEqual([
    20e9,
    1500,
    0,
    null,
    null,
    null,
    null,
  ])
  expect(['30d', '2w', '90m', '1.5h', '30', '30s'].map(parseAge)).toEqual([
    2_592_000_000,
    1_209_600_000,
    5_400_000,
    5_400_000,
    null,
    null,
  ])
})

test('bytes and ages are shown with two digits at most where that says enough', () => {
  expect([0, 999, 1000, 123_456, 20e9, 1.25e12].map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '123 kB',
    '20 GB',
    '1.3 TB',
  ])
  expect([0, 60_000, 7_300_000, 86_400_000 * 3].map(formatAge)).toEqual([
    'just now',
    '1 minute ago',
    '2 hours ago',
    '3 days ago',
  ])
})
