import { expect, test } from 'vitest'
import { rounded } from './rounded.ts'

test('halves go upwards, however they were summed up', () => {
  expect([42.5, 42.5 - 1e-14, -2.5, -2.5 + 1e-14, 0.4].map(value => rounded(value, 0))).toEqual([
    '43',
    '43',
    '-2',
    '-2',
    '0',
  ])
  expect([rounded(-0.44, 1), rounded(1.25, 1)]).toEqual(['-0.4', '1.3'])
})
