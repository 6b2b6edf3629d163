import { expect, test } from 'vitest'
import { fingerprint } from './fingerprint.ts'

test('the order of keys does not matter, that of a list does', () => {
  expect(fingerprint({ a: 1, b: { c: 2, d: 3 } })).toBe(fingerprint({ b: { d: 3, c: 2 }, a: 1 }))
  expect(fingerprint([1, 2])).not.toBe(fingerprint([2, 1]))
})

test('is the SHA-256 of the canonical JSON, so that it can be checked by hand', () => {
  // printf '{"a":1}' | sha256sum
  expect(fingerprint({ a: 1 })).toBe('015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862')
})
