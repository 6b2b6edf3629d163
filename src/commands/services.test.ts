import { expect, test } from 'vitest'
import { families } from './wiring.ts'
import { networkOf } from './network.ts'
import { checkServices, keyNamesOf, serviceAt } from './services.ts'
import type { Setup } from '../model/suite.ts'

const setup: Setup = {
  name: 'bare',
  harness: { type: 'command', config: { run: ['agent'] }, files: {} },
  model: 'm1',
  effort: null,
  prompt: null,
  context: {},
  strip: [],
  skills: {},
  mcp: {},
  env: { pass: [], set: {} },
  network: null,
  service: { url: 'https://models.example.test/v1', api: 'openai-chat', key: 'MODEL_KEY', prices: {} },
  fingerprint: 'f',
}
const usual: Setup = {
  ...setup,
  harness: { type: 'pi', config: { bin: 'pi', args: [] }, files: {} },
  model: 'anthropic/claude-sonnet-5',
  service: null,
}
const env = { MODEL_KEY: 'a-real-key' }

test('a key that is missing is told by its name, of the usual service every name that it could have', () => {
  const check = (one: Setup, host: NodeJS.ProcessEnv): void => checkServices([one], 'sandbox', families, host)
  expect(() => check(setup, {})).toThrow(
    'setup bare: MODEL_KEY, the key of https://models.example.test/v1, is not set',
  )
  expect(() => check(setup, env)).not.toThrow()
  expect(() => check(usual, {})).toThrow('no key for https://api.anthropic.com; set ANTHROPIC_API_KEY')
  expect(() => check(usual, { ANTHROPIC_API_KEY: 'x' })).not.toThrow()
  // It may have come by other credentials: those are passed on.
  expect(() =>
    check({ ...usual, env: { pass: ['LOGIN_TOKEN'], set: {} } }, { LOGIN_TOKEN: 'x' }),
  ).not.toThrow()
  expect(keyNamesOf(usual, families, {})).toContain('ANTHROPIC_API_KEY')
})

test('from containers the gateway cannot be reached: a named service is refused, the usual one is left to the agent', () => {
  expect(() => checkServices([setup], 'container', families, env)).toThrow('use --isolation sandbox')
  expect(serviceAt('container', usual, families, { ANTHROPIC_API_KEY: 'x' })).toBeNull()
  expect(serviceAt('sandbox', usual, families, { ANTHROPIC_API_KEY: 'x' })).toMatchObject({
    key: 'ANTHROPIC_API_KEY',
  })
})

test('with a service, "model" is the gateway alone, and a list does not hold the service', () => {
  const at = (network: Setup['network']): unknown =>
    networkOf({ ...setup, network }, 'sandbox', families, env)
  const model = { policy: 'model', enforced: true, allowed: ['models.example.test:443'] }
  expect(at(null)).toEqual({ ...model, asked: false })
  expect(at('model')).toEqual({ ...model, asked: true })
  expect(at(['model'])).toEqual({ ...model, asked: true })
  expect(at(['model', 'registry.example.test'])).toMatchObject({
    policy: 'allow-list',
    allowed: ['registry.example.test'],
  })
  expect(() => at('off')).toThrow('use network: model')
})
