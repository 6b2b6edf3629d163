import { createServer as createTcpServer } from 'node:net'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { ModelApi } from '../model/service.ts'
import { pauseFor } from './retry.ts'
import { samples } from './testing/answers.ts'
import { events, gateway, service, trial } from './testing/service.ts'

const { path, body, stream, whole } = samples['openai-chat']
const sse = { 'content-type': 'text/event-stream' }

test('each piece of a stream reaches the agent before the next one exists', async () => {
  let go = (): void => undefined
  const at = await service((_asked, response) => {
    response.writeHead(200, sse)
    response.write('data: {"first":1}\n\n')
    go = () => response.end('data: {"second":2}\n\n')
  })
  const open = await trial({ url: at.url, api: 'openai-chat' })
  const answer = await open.ask(path, body)
  const reader = answer.body?.getReader()
  const text = async (): Promise<string> => Buffer.from((await reader?.read())?.value ?? '').toString()
  expect(await text()).toBe('data: {"first":1}\n\n')
  go()
  expect(await text()).toBe('data: {"second":2}\n\n')
})

test('an agent that goes away ends the call at the service, too', async () => {
  let closed = (): void => undefined
  const ended = new Promise<void>(resolve => (closed = resolve))
  const at = await service((_asked, response) => {
    response.writeHead(200, sse).write('data: {}\n\n')
    response.on('close', closed)
  })
  const open = await trial({ url: at.url, api: 'openai-chat' })
  const away = new AbortController()
  const answer = await open.ask(path, body, { signal: away.signal })
  await answer.body?.getReader().read()
  away.abort()
  await ended
  const { calls, failure, metered } = await open.close()
  expect(calls[0]).toMatchObject({ end: 'dropped', error: null, usage: null })
  expect(metered).toMatchObject({ calls: 0, failed: 0 })
  expect(failure).toBeNull()
})

test('an agent that does not read holds the service back, and memory stays small', async () => {
  let written = 0
  const piece = Buffer.alloc(1024 * 1024, 'x')
  const at = await service((_asked, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream' })
    const more = (): void => {
      while (written < 512 && !response.destroyed) {
        written++
        if (!response.write(piece)) return void response.once('drain', more)
      }
    }
    more()
  })
  const open = await trial({ url: at.url, api: 'openai-chat' })
  const { port, pathname } = new URL(`${open.access.url}/files/1`)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(`GET ${pathname} HTTP/1.1\r\nhost: x\r\n\r\n`)
  socket.pause()
  let before = -1
  while (written !== before) {
    before = written
    await new Promise(resolve => setTimeout(resolve, 300))
  }
  expect(written).toBeLessThan(100)
  socket.destroy()
  await open.close()
})

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
  await expect((await broken.ask(path, body)).text()).rejects.toThrow()
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

test.each(ModelApi.options)('%s: whatever a service or an agent says, it is passed on', async api => {
  const odd = [
    'data: {"usage":"many","model":3,"choices":{},"response":[],"message":7,"error":[]}\n\ndata: nonsense\n\n: comment\n\nevent: x\ndata:\r\n\r\ndata: [1',
    'null',
    '',
    '[[[]]]',
  ]
  const at = await service((_asked, response, index) =>
    response.writeHead(200, index === 0 ? sse : {}).end(odd[index]),
  )
  const open = await trial({ url: at.url, api })
  const { path: place } = samples[api]
  for (const text of odd) {
    const asked = await fetch(`${open.access.url}${place}`, {
      method: 'POST',
      body: text === '' ? 'no json' : text,
    })
    expect(await asked.text()).toBe(text)
  }
  const { metered, calls } = await open.close()
  expect(calls.map(({ usage }) => usage)).toEqual([null, null, null, null])
  expect(metered).toMatchObject({ usage: null, costUsd: null })
})

test('usage that the agent did not ask for is asked for, and kept from it', async () => {
  const bytes = Buffer.from(stream)
  const at = await service((_asked, response) => {
    response.writeHead(200, sse)
    for (let from = 0; from < bytes.length; from += 11) response.write(bytes.subarray(from, from + 11))
    response.end()
  })
  const open = await trial({ url: at.url, api: 'openai-chat' })
  const { stream_options: _wish, ...silent } = body
  const text = await (await open.ask(path, silent)).text()
  expect(text).toBe(stream.replace(/data: [^\n]*"choices":\[\][^\n]*\n\n/, ''))
  expect(text).not.toContain('prompt_tokens')
  expect(JSON.parse(at.asked[0]?.body ?? '')).toEqual({ ...silent, stream_options: { include_usage: true } })
  expect((await open.close()).metered.usage).toMatchObject({ inputTokens: 234, cacheReadTokens: 1000 })
})

test('a service that does not know the wish for usage is asked as the agent did', async () => {
  const at = await service((asked, response) =>
    asked.body.includes('stream_options')
      ? response.writeHead(400).end('unknown field')
      : response.writeHead(200, sse).end(events({ choices: [{ delta: { content: 'x' } }] }, '[DONE]')),
  )
  const open = await trial({ url: at.url, api: 'openai-chat' })
  expect((await open.ask(path, { model: 'm', stream: true })).status).toBe(200)
  const { metered } = await open.close()
  expect(metered).toMatchObject({ calls: 1, usage: null, costUsd: null })
})

test('a WebSocket is refused so that agents go on without', async () => {
  const at = await service((_asked, response) => response.end())
  const open = await trial({ url: `${at.url}/v1`, api: 'openai-responses' })
  const { port, pathname } = new URL(`${open.access.url}/responses`)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(`GET ${pathname} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`)
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  expect(text).toMatch(/^HTTP\/1\.1 426 /)
})

test('an agent’s own credentials are passed on where there is no key, and no path leads elsewhere', async () => {
  const at = await service((_asked, response) => response.end('{}'))
  const open = await trial({ url: `${at.url}/v1`, api: 'openai-chat' }, { key: null })
  expect(open.access.key).toBeNull()
  await (await open.ask(path, body, { headers: { authorization: 'Bearer own' } })).text()
  expect(at.asked[0]?.headers.authorization).toBe('Bearer own')
  const { port, pathname } = new URL(open.access.url)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(`GET ${pathname}/%2e%2e/admin HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  expect(text).toMatch(/^HTTP\/1\.1 404 /)
  expect(at.asked).toHaveLength(1)
})

test('the proxy of this machine is used, and not for what is listed', async () => {
  const at = await service((_asked, response) => response.writeHead(200, sse).end(stream))
  const through: string[] = []
  // A proxy that sees which tunnels are asked for, and leads all to the service.
  const proxy = createTcpServer(client => {
    client.once('data', head => {
      through.push(String(head).split('\r\n')[0] ?? '')
      const up = connect(Number(new URL(at.url).port), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n')
        client.pipe(up).pipe(client)
      })
      up.on('error', () => client.destroy())
    })
    client.on('error', () => client.destroy())
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void proxy.close())
  // A TCP server's address is an object.
  const { port } = proxy.address() as AddressInfo
  const env = { HTTP_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: '127.0.0.1' }
  const run = gateway({ env })
  const far = await trial({ url: 'http://models.example.test:8080/v1', api: 'openai-chat' }, {}, run)
  expect((await far.ask(path, body)).status).toBe(200)
  const near = await trial({ url: at.url, api: 'openai-chat' }, {}, run)
  expect((await near.ask(path, body)).status).toBe(200)
  expect(through).toEqual(['CONNECT models.example.test:8080 HTTP/1.1'])
})
