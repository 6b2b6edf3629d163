import { afterEach, expect, test } from 'vitest'
import { askJudge } from './judge-client.ts'
import type { JudgeModel } from './judge-protocols.ts'
import {
  anthropicMessage,
  chatCompletion,
  type ModelReply,
  type ModelServer,
  modelServer,
} from './testing/model-server.ts'

const key = 'sk-very-secret-key-123456'
let server: ModelServer
afterEach(() => server.close())

const never = new AbortController().signal

/** Asks a server that answers so, one reply after the other. */
async function ask(replies: ModelReply[], model: Partial<JudgeModel> = {}, signal: AbortSignal = never) {
  server = await modelServer((_call, index) => replies[index] ?? { status: 500, body: 'no more replies' })
  const whole: JudgeModel = {
    api: 'openai',
    baseUrl: `${server.url}/v1`,
    model: 'judge-1',
    key,
    keyName: 'JUDGE_KEY',
    maxTokens: 500,
    timeoutMs: 5000,
    ...model,
  }
  return askJudge(whole, { system: 'be fair', user: 'what do you say?' }, signal, 1)
}

const failure = async (...args: Parameters<typeof ask>) => {
  const error: unknown = await ask(...args).then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  )
  if (!(error instanceof Error)) throw new Error('not an error')
  return error
}

test('speaks chat completions', async () => {
  expect(await ask([{ body: chatCompletion('well') }])).toEqual({
    text: 'well',
    model: 'judge-1-2026',
    inputTokens: 100,
    outputTokens: 20,
    cutOff: false,
  })
  expect(server.calls).toMatchObject([
    {
      path: '/v1/chat/completions',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: {
        model: 'judge-1',
        max_tokens: 500,
        messages: [
          { role: 'system', content: 'be fair' },
          { role: 'user', content: 'what do you say?' },
        ],
      },
    },
  ])
})

test('speaks Anthropic messages', async () => {
  expect(await ask([{ body: anthropicMessage('well') }], { api: 'anthropic' })).toEqual({
    text: 'well',
    model: 'judge-a',
    inputTokens: 100,
    outputTokens: 20,
    cutOff: false,
  })
  expect(server.calls).toMatchObject([
    {
      path: '/v1/messages',
      headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01' },
      body: { model: 'judge-1', max_tokens: 500, system: 'be fair', messages: [{ role: 'user' }] },
    },
  ])
})

test('what the service does not tell is unknown', async () => {
  const bare = { choices: [{ message: { content: null } }] }
  expect(await ask([{ body: bare }])).toEqual({
    text: '',
    model: null,
    inputTokens: null,
    outputTokens: null,
    cutOff: false,
  })
})

test('an answer that was cut off is known as such', async () => {
  const choices = [{ message: { content: '{"sc' }, finish_reason: 'length' }]
  expect(await ask([{ body: chatCompletion('', { choices }) }])).toMatchObject({ cutOff: true })
  await server.close()
  const stopped = anthropicMessage('{"sc', { stop_reason: 'max_tokens' })
  expect(await ask([{ body: stopped }], { api: 'anthropic' })).toMatchObject({ cutOff: true })
})

test('a service without a key gets none', async () => {
  await ask([{ body: chatCompletion('x') }], { key: null, keyName: null })
  expect(server.calls[0]?.headers.authorization).toBeUndefined()
})

test.each([
  [
    'a limit of calls',
    { status: 429, headers: { 'retry-after': '0' }, body: '{"error":{"message":"slow down"}}' },
  ],
  ['a date to wait for', { status: 529, headers: { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' } }],
  ['a failure of the service', { status: 503 }],
  ['a dropped connection', { drop: true }],
])('%s is tried again', async (_name, problem) => {
  expect(await ask([problem, problem, problem, { body: chatCompletion('at last') }])).toMatchObject({
    text: 'at last',
  })
  expect(server.calls).toHaveLength(4)
})

test('after three more tries the fault is told as a passing one', async () => {
  const busy = { status: 429, body: { error: { message: 'slow down' } } }
  expect(await failure([busy, busy, busy, busy])).toMatchObject({
    name: 'InfraError',
    transient: true,
    message: expect.stringMatching(
      /\/v1\/chat\/completions failed 4 times, at last with HTTP 429: slow down$/,
    ),
  })
})

test('a service that does not answer in time is tried again, then told', async () => {
  const hang = { hang: true }
  const error = await failure([hang, hang, hang, hang], { timeoutMs: 60 })
  expect(error).toMatchObject({ transient: true, message: expect.stringContaining('no answer within 60ms') })
  expect(server.calls).toHaveLength(4)
})

test('a service that is not there is told', async () => {
  const gone = await modelServer(() => ({}))
  await gone.close()
  expect(await failure([], { baseUrl: gone.url })).toMatchObject({
    transient: true,
    message: expect.stringMatching(/no connection \(connect ECONNREFUSED/),
  })
})

test.each([
  [401, 'bad key', 'set JUDGE_KEY to a key that may use judge-1'],
  [403, 'not for you', 'set JUDGE_KEY to a key that may use judge-1'],
  [404, 'no such model', 'check baseUrl and model (judge-1)'],
  [400, 'max_tokens is too large', 'HTTP 400: max_tokens is too large'],
  [307, '', 'correct baseUrl'],
])('HTTP %i is not tried again, and the message says what to do', async (status, words, advice) => {
  const reply = { status, body: { error: { message: words } }, headers: { location: 'http://127.0.0.1:1/' } }
  const error = await failure([reply])
  expect(error).toMatchObject({
    name: 'InfraError',
    transient: false,
    message: expect.stringContaining(advice),
  })
  expect(server.calls).toHaveLength(1)
})

test('no message holds the key, even if the service quotes it', async () => {
  const reply = { status: 401, body: { error: { message: `Incorrect API key provided: ${key}` } } }
  expect((await failure([reply])).message).toContain('Incorrect API key provided: [redacted:JUDGE_KEY]')
  await server.close()
  const error = await failure([], { key: `${key}\nsecond line` })
  expect(error.message).toContain('JUDGE_KEY holds characters that no key has')
  expect(error.message).not.toContain(key)
})

test.each([
  ['<html>hello</html>', 'did not answer with JSON: <html>hello</html>; check baseUrl'],
  [{ hello: 1 }, 'an answer of an unknown shape: {"hello":1}; check "api" and "baseUrl"'],
  [anthropicMessage('x'), 'an answer of an unknown shape'],
])('the body %j is not understood', async (body, message) => {
  expect(await failure([{ body }])).toMatchObject({
    name: 'InfraError',
    message: expect.stringContaining(message),
  })
})

test('an interruption ends a call, and a wait between two', async () => {
  const reason = new Error('stopped by the user')
  for (const reply of [{ hang: true }, { status: 429, headers: { 'retry-after': '60' } }]) {
    const controller = new AbortController()
    const failing = failure([reply], {}, controller.signal)
    while ((server?.calls ?? []).length === 0) await new Promise(done => setTimeout(done, 10))
    setTimeout(() => controller.abort(reason), 20)
    expect(await failing).toBe(reason)
    await server.close()
  }
})
