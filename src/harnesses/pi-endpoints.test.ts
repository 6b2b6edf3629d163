import { expect, it } from 'vitest'
import { piEndpoints } from './pi-endpoints.ts'

const provider = { baseUrl: 'http://127.0.0.1:8080/v1', api: 'openai-completions' as const }
const none = { args: [] }

it('is at the provider that the setup gives it, whatever the model is called', () => {
  const env = { OPENAI_API_KEY: 'k' }
  expect(piEndpoints({ provider, args: [] }, env, 'anthropic/claude')).toEqual(['127.0.0.1:8080'])
})

it('is at the service that the model names', () => {
  expect(piEndpoints(none, { OPENAI_API_KEY: 'k' }, 'anthropic/claude-x')).toEqual(['api.anthropic.com:443'])
})

it('is at the services whose keys it gets, where the model names none', () => {
  expect(piEndpoints(none, { ANTHROPIC_API_KEY: 'k', LANG: 'C' }, 'claude-x')).toEqual([
    'api.anthropic.com:443',
  ])
  expect(piEndpoints(none, { OPENROUTER_API_KEY: 'k' }, 'qwen/qwen-x')).toEqual(['openrouter.ai:443'])
})

it('is unknown where nothing tells it, and where an argument may change it', () => {
  expect(piEndpoints(none, { MY_KEY: 'k' }, 'claude-x')).toBeNull()
  expect(piEndpoints(none, {}, null)).toBeNull()
  expect(piEndpoints({ provider, args: ['--provider', 'openai'] }, {}, 'm')).toBeNull()
})
