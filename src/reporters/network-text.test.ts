import { expect, test } from 'vitest'
import type { Isolation, Network } from '../model/run.ts'
import { networkText } from './network-text.ts'

const of = (change: Partial<Network>): Network => ({
  policy: 'off',
  asked: false,
  enforced: true,
  allowed: [],
  ...change,
})
const text = (networks: Isolation['networks']): string =>
  networkText({ level: 'sandbox', network: 'open', networks, workspace: 'copy', images: {}, limits: null })

test('what agents could reach, in one line', () => {
  expect(text({})).toBe('open')
  expect(text({ a: of({}), b: of({ asked: true }) })).toBe('off')
  expect(text({ a: of({ policy: 'model', allowed: ['api.example.com:443'] }), b: of({}) })).toBe(
    'model (api.example.com:443) for a; off for b',
  )
  expect(text({ a: of({}), b: of({ policy: 'open' }), c: of({}), d: of({ policy: 'open' }) })).toBe(
    'off for a, c; open for b, d',
  )
  expect(text({ a: of({ policy: 'allow-list', allowed: ['a', 'b', 'c', 'd', 'e', 'f'] }) })).toBe(
    'allow-list (a, b, c, d and 2 more)',
  )
  expect(text({ a: of({ policy: 'off', asked: true, enforced: false }) })).toBe('open (not enforced: off)')
})
