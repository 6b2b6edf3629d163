import { expect, test } from 'vitest'
import { pauseFor } from './retry.ts'
import type { ModelApi } from '../model/service.ts'
import { samples } from './testing/answers.ts'
import { events, service, trial } from './testing/service.ts'

const { path, body, stream, whole } = samples['openai-chat']
const sse = { 'content-type': 'text/event-stream' }

test('a busy service is asked again as it wishes, and the agent sees only the last answer', async () => {
  const at = await service((_asked, response, index) => {
    if (index === 0) response.writeHead(429, { 'retry-after': '0' }).end('{"error":{"message":"slow down"}}')
    else if (index === 1) response.writeHead(503, { 'retry-after-ms': '5' }).end('busy')
    else response.writeHead(200, sse).end(stream)
  })
  const open = await trial({ url: at.url, api: 'openai-chat' })
  const answer = await open.ask(path, body)
  expect(answer.status).toBe(200)
  expect(await answer.text()).toBe(stream)
  const { metered, calls, failure } = await open.close()
  expect(metered).toMatchObject({ calls: 1, failed: 0, retries: 2 })
  expect(calls[0]).toMatchObject({ retries: 2, status: 200, end: 'answered' })
  expect(failure).toBeNull()
})

test('how long a service is waited for', () => {
  const asks = (headers: Record<string, string>): number | null =>
    pauseFor({ headers }, 0, Date.parse('2026-01-01T00:00:00Z'))
  expect(asks({ 'retry-after': '7' })).toBe(7000)
  expect(asks({ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' })).toBe(30_000)
  expect(asks({ 'retry-after': 'Wed, 31 Dec 2025 00:00:30 GMT' })).toBe(0)
  expect(asks({ 'retry-after-ms': '20', 'retry-after': '7' })).toBe(20)
  expect(asks({ 'retry-after': '3600' })).toBeNull()
  expect(asks({ 'retry-after': 'soon' })).toBeGreaterThan(0)
  expect(pauseFor({ headers: {} }, 2)).toBeGreaterThanOrEqual(1000)
})

test.each([
  [401, '{"error":{"message":"bad key"}}', 'refused', 1],
  [404, '{"error":{"message":"no such model"}}', 'refused', 1],
  [429, '{"error":{"code":"insufficient_quota","message":"pay first"}}', 'refused', 1],
  [500, 'oops', 'unavailable', 4],
] as const)('a service that ends with %i has failed: %s', async (status, text, kind, tries) => {
  const at = await service((_asked, response) =>
    response.writeHead(status, { 'content-type': 'application/json', 'retry-after-ms': '1' }).end(text),
  )
  const open = await trial({ url: at.url, api: 'openai-chat' })
  const answer = await open.ask(path, body)
  expect(answer.status).toBe(status)
  expect(await answer.text()).toBe(text)
  expect(answer.headers.get('x-should-retry')).toBe(tries === 4 ? 'false' : null)
  const { failure, metered } = await open.close()
  expect(failure?.kind).toBe(kind)
  expect(failure?.message).toContain(`status ${status}`)
  expect(at.asked).toHaveLength(tries)
  expect(metered).toMatchObject({ calls: 0, failed: 1, retries: tries - 1, usage: null, costUsd: null })
})

test('a bad request is the agent’s own; a failure that a later call of its lane made good is none', async () => {
  const statuses = [400, 401, 200]
  const at = await service((_asked, response, index) =>
    response
      .writeHead(statuses[index] ?? 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(whole)),
  )
  const open = await trial({ url: at.url, api: 'openai-chat' })
  for (const _ of statuses) await (await open.ask(path, { ...body, stream: false })).text()
  const { failure, metered } = await open.close()
  expect(failure).toBeNull()
  expect(metered).toMatchObject({ calls: 1, failed: 2 })
})

test('a side call that fails is no failure of the attempt', async () => {
  const at = await service((asked, response) =>
    response
      .writeHead(asked.body.includes('tools') ? 200 : 404, { 'content-type': 'application/json' })
      .end(JSON.stringify(whole)),
  )
  const open = await trial({ url: at.url, api: 'openai-chat' })
  await (await open.ask(path, { ...body, stream: false })).text()
  await (await open.ask(path, { model: 'title' })).text()
  const { failure, calls } = await open.close()
  expect(failure).toBeNull()
  expect(calls.map(({ lane, end }) => `${lane}: ${end}`)).toEqual([
    'gpt-5 with tools: answered',
    'title: failed',
  ])
})

test('a service that cannot be reached, drops the connection or breaks off is unavailable', async () => {
  const gone = await service((_asked, response) => response.destroy())
  const open = await trial({ url: gone.url, api: 'openai-chat' })
  const answer = await open.ask(path, body)
  expect(answer.status).toBe(502)
  expect(answer.headers.get('x-should-retry')).toBe('false')
  expect(await answer.text()).toContain('could not be reached')
  expect((await open.close()).failure).toMatchObject({ kind: 'unavailable' })
  expect(gone.asked).toHaveLength(4)

  const half = await service((_asked, response) => {
    response.writeHead(200, sse).write('data: {}\n\n')
    setTimeout(() => response.destroy(), 20)
  })
  const broken = await trial({ url: half.url, api: 'openai-chat' })
  await expect((await broken.ask(path, body)).text()).rejects.toThrow('terminated')
  const report = await broken.close()
  expect(report.failure).toMatchObject({ kind: 'unavailable' })
  expect(report.calls[0]).toMatchObject({ end: 'failed', status: 200, error: 'the answer broke off' })
})

test.each([
  ['anthropic', { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }],
  [
    'openai-responses',
    { type: 'response.failed', response: { error: { code: 'server_error', message: 'oops' } } },
  ],
  ['openai-responses', { type: 'error', code: 'rate_limit_exceeded', message: 'later' }],
  ['openai-chat', { error: { message: 'overloaded', code: 503 } }],
  ['gemini', { error: { code: 503, status: 'UNAVAILABLE', message: 'busy' } }],
] as const)('%s: an error within a stream is a failed call', async (api, error) => {
  const at = await service((_asked, response) => response.writeHead(200, sse).end(events(error)))
  const open = await trial({ url: at.url, api })
  expect(await (await open.ask(samples[api].path, samples[api].body)).text()).toBe(events(error))
  const { calls, failure } = await open.close()
  expect(calls[0]).toMatchObject({ end: 'failed', status: 200 })
  expect(calls[0]?.error).not.toBeNull()
  expect(failure?.kind).toBe('unavailable')
})

const apis = Object.keys(samples) as ModelApi[]

test.each(apis)('%s: a page for people in the place of an answer is a failed call', async api => {
  const page = '<html><body>Please log in: content policy</body></html>'
  for (const type of ['text/html', 'text/event-stream']) {
    const at = await service((_asked, response) =>
      response.writeHead(200, { 'content-type': type }).end(page),
    )
    const open = await trial({ url: at.url, api })
    expect(await (await open.ask(samples[api].path, samples[api].body)).text()).toBe(page)
    const { calls, failure, metered } = await open.close()
    expect(calls[0]).toMatchObject({
      end: 'failed',
      status: 200,
      error: expect.stringContaining('Please log in'),
    })
    expect(failure).toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('no answer of this API'),
    })
    expect(metered).toMatchObject({ calls: 0, failed: 1 })
  }
})

test.each(apis)('%s: a stream that does not say that it is one is read as one', async api => {
  const at = await service((_asked, response) =>
    response.writeHead(200, { 'content-type': 'text/plain' }).end(samples[api].stream),
  )
  const open = await trial({ url: at.url, api })
  await (await open.ask(samples[api].path, samples[api].body)).text()
  const { calls, failure } = await open.close()
  expect(calls[0]).toMatchObject({ end: 'answered', usage: { cacheReadTokens: 1000, outputTokens: 56 } })
  expect(failure).toBeNull()
})

test.each(apis)('%s: the shortest answer that says nothing of usage is one', async api => {
  const shortest = {
    'openai-chat': { choices: [] },
    'openai-responses': { type: 'response.created', response: {} },
    anthropic: { type: 'message_start' },
    gemini: { candidates: [] },
  }
  const at = await service((_asked, response) => response.writeHead(200, sse).end(events(shortest[api])))
  const open = await trial({ url: at.url, api })
  await (await open.ask(samples[api].path, samples[api].body)).text()
  expect(await open.close()).toMatchObject({
    failure: null,
    metered: { calls: 1, usage: null, costUsd: null },
  })
})

test('a service that never answers is silent; one that was never asked is not', async () => {
  const at = await service(() => undefined)
  const open = await trial({ url: at.url, api: 'openai-chat' })
  const asking = open.ask(path, body).catch(() => null)
  while (at.asked.length === 0) await new Promise(resolve => setTimeout(resolve, 5))
  await new Promise(resolve => setTimeout(resolve, 200))
  const { failure, calls } = await open.close()
  await asking
  expect(calls[0]).toMatchObject({ end: 'dropped', status: null })
  expect(failure).toMatchObject({
    kind: 'silent',
    message: expect.stringContaining('no answer for model gpt-5'),
  })

  const quick = await service((_asked, response) => response.writeHead(200, sse).end(stream))
  const slow = await trial({ url: quick.url, api: 'openai-chat' }, { limits: { callsPerMinute: 1 } })
  await (await slow.ask(path, body)).text()
  const waiting = slow.ask(path, body).catch(() => null)
  await new Promise(resolve => setTimeout(resolve, 200))
  expect((await slow.close()).failure).toBeNull()
  await waiting
  expect(quick.asked).toHaveLength(1)
})
