import { expect, test } from 'vitest'
import { load, makeFolder, suiteWith } from './testing/suites.ts'
import { testBroken } from './testing/broken.ts'

const setups = (network: string, harness = 'plain'): string =>
  suiteWith({ setups: `setups:\n  a: { harness: ${harness}, network: ${network} }` })

test.each([
  ['off', 'off'],
  ['model', 'model'],
  ['open', 'open'],
  [
    '[api.example.com, "*.example.org:8443", "localhost:8080"]',
    ['api.example.com', '*.example.org:8443', 'localhost:8080'],
  ],
  ['[model, example.com]', ['model', 'example.com']],
])('network: %s', async (text, expected) => {
  const suite = await load(makeFolder({ 'suite.yaml': setups(text, 'modelled') }))
  expect(suite.setups['a']?.network).toEqual(expected)
})

test('a setup has the same fingerprint with and without the key where it says nothing, and another one where it does', async () => {
  const prints = async (network: string): Promise<string | undefined> =>
    (await load(makeFolder({ 'suite.yaml': setups(network) }))).setups['a']?.fingerprint
  const plain = await load(
    makeFolder({ 'suite.yaml': suiteWith({ setups: 'setups:\n  a: { harness: plain }' }) }),
  )
  expect(plain.setups['a']?.network).toBeNull()
  expect(await prints('null')).toBe(plain.setups['a']?.fingerprint)
  const others = await Promise.all(['off', 'open', '[a.example]', '[b.example]'].map(prints))
  expect(new Set([plain.setups['a']?.fingerprint, ...others]).size).toBe(5)
})

test('a child replaces the network of its parent, and may take it away', async () => {
  const text = `setups:
  a: { harness: plain, network: off }
  b: { extends: a }
  c: { extends: a, network: null }
  d: { extends: a, network: [a.example] }`
  const suite = await load(makeFolder({ 'suite.yaml': suiteWith({ setups: text }) }))
  expect(Object.values(suite.setups).map(({ network }) => network)).toEqual([
    'off',
    'off',
    null,
    ['a.example'],
  ])
})

testBroken([
  {
    name: 'an unknown word',
    suite: setups('‸of'),
    says: ['expected one of "off", "model", "open", got "of" (did you mean "off"?)'],
  },
  { name: 'true', suite: setups('‸true'), says: ['expected'] },
  { name: 'an empty list', suite: setups('‸[]'), says: ['expected at least one entry'] },
  {
    name: 'an address instead of a host',
    suite: setups('[‸"https://api.example.com/v1"]'),
    says: [
      'expected host, host:port, *.domain or "model", got "https://api.example.com/v1": write the host without the rest of the URL',
    ],
  },
  {
    name: 'a policy within a list',
    suite: setups('[‸off, model, ‸open]'),
    says: ['"off" stands alone, not in a list: network: off', '"open" stands alone'],
  },
  { name: 'what is no host', suite: setups('[a.example, ‸"a b"]'), says: ['got "a b"'] },
  {
    name: 'this machine without a port',
    suite: setups('[‸localhost, ‸"127.0.0.1:80"]'),
    says: ['"localhost" is this machine: name the port', 'is this machine'],
  },
  {
    name: 'the model of a harness that cannot tell where it is',
    suite: suiteWith({ setups: 'setups:\n  a: { harness: plain, ‸network: [model] }' }),
    says: ['harness "plain" cannot tell where the model of setup "a" is'],
  },
  {
    name: 'a network that is not to vary',
    suite: suiteWith({
      setups: 'setups:\n  a: { harness: plain }\n  b: { extends: a, ‸network: off }',
      tail: 'vary: [model]',
    }),
    says: ['differs from "a" in "network"'],
  },
])
