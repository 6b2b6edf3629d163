import { expect, test } from 'vitest'
import type { ModelCall } from '../model/model-call.ts'
import { hiddenCalls, mainModel } from './main-lane.ts'

const call = (lane: string, change: Partial<ModelCall> = {}): ModelCall => ({
  number: 1,
  api: 'openai-chat',
  method: 'POST',
  path: '/chat/completions',
  model: lane,
  observedModel: `${lane}-2026`,
  lane,
  atMs: 0,
  firstByteMs: 1,
  durationMs: 2,
  end: 'answered',
  status: 200,
  error: null,
  retries: 0,
  usage: null,
  costUsd: 0.01,
  requestBytes: 1,
  responseBytes: 1,
  ...change,
})
const calls = [
  call('title'),
  call('m1'),
  call('m1', { end: 'failed' }),
  call('m1'),
  call('list', { api: null }),
]

test('the model is that of the work, not that of a title which comes first', () => {
  expect(mainModel(calls)).toBe('m1-2026')
  expect(mainModel([call('title'), call('m1')])).toBe('m1-2026')
  expect(mainModel([])).toBeNull()
})

test('calls that the agent does not count are told with their cost', () => {
  expect(hiddenCalls(2, calls)).toEqual({ calls: 1, costUsd: 0.01 })
  expect(hiddenCalls(3, calls)).toBeNull()
  expect(hiddenCalls(null, calls)).toBeNull()
})

test('their cost is unknown where nobody can tell which they are, or what they cost', () => {
  expect(hiddenCalls(1, calls)).toEqual({ calls: 2, costUsd: null })
  expect(hiddenCalls(2, [call('title', { costUsd: null }), call('m1'), call('m1')])).toEqual({
    calls: 1,
    costUsd: null,
  })
})
