import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ModelCall } from '../model/model-call.ts'
import { ModelApi } from '../model/service.ts'
import { samples, words } from './testing/answers.ts'
import { gateway, service, trial } from './testing/service.ts'

const apis = ModelApi.options

test.each(apis)(
  '%s: a stream passes byte for byte, is counted and priced, and the agent has no key',
  async api => {
    const { path, body, stream } = samples[api]
    const bytes = Buffer.from(stream)
    const at = await service((_asked, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      // Odd pieces, so that events and characters are cut everywhere.
      for (let from = 0; from < bytes.length; from += 7) response.write(bytes.subarray(from, from + 7))
      response.end()
    })
    const open = await trial({ url: at.url, api })
    const answer = await open.ask(path, body)
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true)
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    expect(stream).toContain(words)

    const report = await open.close()
    const isAnthropic = api === 'anthropic'
    expect(report.metered).toMatchObject({
      calls: 1,
      failed: 0,
      retries: 0,
      usage: {
        inputTokens: isAnthropic ? 134 : 234,
        cacheReadTokens: 1000,
        cacheWriteTokens: isAnthropic ? 100 : 0,
        outputTokens: 56,
        reasoningTokens: isAnthropic ? null : 7,
      },
      tools: ['write'],
      unpriced: [],
      limit: null,
    })
    expect(report.metered.costUsd).toBeGreaterThan(0)
    expect(report.failure).toBeNull()
    const [asked] = at.asked
    expect(asked?.url).toBe(path)
    expect(JSON.parse(asked?.body ?? '')).toEqual(body)
    const { authorization, 'x-api-key': apiKey, 'x-goog-api-key': googleKey } = asked?.headers ?? {}
    const real = 'the-real-key-of-the-service'
    expect({ authorization, apiKey, googleKey }).toEqual({
      authorization: api.startsWith('openai') ? `Bearer ${real}` : undefined,
      apiKey: isAnthropic ? real : undefined,
      googleKey: api === 'gemini' ? real : undefined,
    })
    expect(open.access.key).not.toContain(real)
    const record = await readFile(join(open.logs, 'model-calls.jsonl'), 'utf8')
    expect(record).not.toContain(real)
    const lines = record.trim().split('\n')
    expect(lines.map(line => ModelCall.parse(JSON.parse(line)))).toEqual(report.calls)
    expect(report.calls[0]).toMatchObject({
      number: 1,
      api,
      end: 'answered',
      status: 200,
      responseBytes: bytes.length,
    })
  },
)

test.each(apis)('%s: an answer in one piece is counted the same, also where it comes packed', async api => {
  const { gzipSync } = await import('node:zlib')
  const { path, body, whole } = samples[api]
  const at = await service((_asked, response, index) => {
    const json = Buffer.from(JSON.stringify(whole))
    response.setHeader('content-type', 'application/json')
    if (index === 0) response.end(json)
    else response.setHeader('content-encoding', 'gzip').end(gzipSync(json))
  })
  const open = await trial({ url: at.url, api })
  const once = path.replace('streamGenerateContent?alt=sse', 'generateContent')
  for (let i = 0; i < 2; i++)
    expect(await (await open.ask(once, { ...body, stream: false })).json()).toEqual(whole)
  const { calls, metered } = await open.close()
  expect(metered.usage).toMatchObject({ cacheReadTokens: 2000, outputTokens: 112 })
  expect(calls[0]?.usage).toEqual(calls[1]?.usage)
})

test('what asks no model is passed on and not counted; what is not of a trial is not found', async () => {
  const at = await service((asked, response) =>
    response.end(asked.method === 'HEAD' ? undefined : '{"data":[]}'),
  )
  const through = gateway()
  const open = await trial({ url: `${at.url}/v1`, api: 'openai-responses' }, {}, through)
  expect(open.access.url.endsWith('/v1')).toBe(true)
  expect(await (await fetch(`${open.access.url}/models?key=none&limit=3`)).json()).toEqual({ data: [] })
  expect((await fetch(open.access.url, { method: 'HEAD' })).status).toBe(200)
  expect(at.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'GET /v1/models?limit=3',
    'HEAD /v1',
  ])
  const origin = new URL(open.access.url).origin
  expect((await fetch(`${origin}/0123456789abcdef0123456789abcdef/v1/models`)).status).toBe(404)
  expect((await fetch(origin)).status).toBe(404)
  const { metered, calls } = await open.close()
  expect(metered).toMatchObject({ calls: 0, failed: 0, usage: null, costUsd: null })
  expect(calls).toHaveLength(2)
  expect((await fetch(`${open.access.url}/models`)).status).toBe(404)
})
