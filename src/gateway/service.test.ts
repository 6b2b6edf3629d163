import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { ModelApi } from '../model/service.ts'
import { samples } from './testing/answers.ts'
import { events, gateway, service, trial } from './testing/service.ts'

const { path, body, stream } = samples['openai-chat']
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
  // Of no account, unless the agent comes to its time limit.
  expect(failure?.kind ?? 'silent').toBe('silent')
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

test('a connection that the service has closed meanwhile is made anew, which is no retry of the call', async () => {
  const connections = new Set<unknown>()
  const server = createServer((asked, response) => {
    connections.add(asked.socket)
    asked.resume()
    // Says nothing of closing, and closes.
    asked.on('end', () => response.end('{}', () => setImmediate(() => asked.socket.resetAndDestroy())))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo
  const open = await trial({ url: `http://127.0.0.1:${port}`, api: 'openai-chat' })
  for (let asked = 0; asked < 20; asked++) expect((await open.ask(path, body)).status).toBe(200)
  const { calls } = await open.close()
  expect(calls).toHaveLength(20)
  expect(calls.filter(({ retries }) => retries > 0)).toEqual([])
  expect(connections.size).toBe(20)
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

test.each(ModelApi.options)(
  '%s: an agent that leaves after the last word of an answer was answered',
  async api => {
    const { path: place, body: asked, stream: said } = samples[api]
    const at = await service((_asked, response) => void response.writeHead(200, sse).write(said))
    const open = await trial({ url: at.url, api })
    const away = new AbortController()
    const answer = await open.ask(place, asked, { signal: away.signal })
    const reader = answer.body?.getReader()
    let length = 0
    while (length < Buffer.byteLength(said)) length += (await reader?.read())?.value?.length ?? 0
    away.abort()
    const { metered } = await open.close()
    expect(metered).toMatchObject({ calls: 1, usage: { outputTokens: 56 } })
  },
)
