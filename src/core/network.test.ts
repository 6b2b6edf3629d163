import { describe, expect, it } from 'vitest'
import { Isolation, type Network } from '../model/run.ts'
import { networkAt, reachOf, widest } from './network.ts'

const model = ['api.example.com:443']

describe('at the level sandbox', () => {
  it.each([
    ['without a word, to the model that the harness knows', null, model, 'model', model],
    ['without a word nowhere, if nobody knows the model', null, null, 'off', []],
    ['without a word nowhere, if there is no model', null, [], 'off', []],
    ['off: nowhere, even if the model is known', 'off' as const, model, 'off', []],
    ['model: there', 'model' as const, model, 'model', model],
    ['model: nowhere for an agent without one', 'model' as const, [], 'off', []],
    ['open: everywhere', 'open' as const, model, 'open', []],
    ['a list: there', ['a.example'], model, 'allow-list', ['a.example']],
    ['a list with model: to both', ['a.example', 'model'], model, 'allow-list', ['a.example', ...model]],
  ])('%s', (_what, policy, endpoints, expected, allowed) => {
    expect(networkAt('sandbox', policy, endpoints)).toEqual({
      policy: expected,
      asked: policy !== null,
      enforced: true,
      allowed,
    })
  })
})

describe('where the network cannot be closed', () => {
  it.each(['none', 'process'] as const)('%s: it is open, and told where a setup asks for less', level => {
    expect(networkAt(level, null, model)).toEqual({
      policy: 'open',
      asked: false,
      enforced: true,
      allowed: [],
    })
    expect(networkAt(level, 'open', model)).toMatchObject({ policy: 'open', enforced: true })
    expect(networkAt(level, 'off', null)).toMatchObject({ policy: 'off', enforced: false })
    expect(reachOf(networkAt(level, 'off', null))).toBe('open')
  })
})

it('of several setups the widest reach counts', () => {
  const at = (policy: Network['policy'], enforced = true): Network => ({
    policy,
    asked: true,
    enforced,
    allowed: policy === 'model' ? model : [],
  })
  expect(widest([at('off'), at('off')])).toBe('off')
  expect(widest([at('off'), at('model')])).toBe('allow-list')
  expect(widest([at('off'), at('model'), at('open')])).toBe('open')
  expect(widest([at('off'), at('off', false)])).toBe('open')
  expect(widest([])).toBe('open')
})

it('a run that was stored before networks were recorded is still read', () => {
  expect(Isolation.parse({ level: 'sandbox', network: 'open', workspace: 'copy' })).toEqual({
    level: 'sandbox',
    network: 'open',
    networks: {},
    workspace: 'copy',
    images: {},
    limits: null,
  })
})
