import { createServer as createHttpServer, request, type IncomingMessage } from 'node:http'
import { connect, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'
import { parseDestination } from './destination.ts'
import { openProxy } from './proxy.ts'
import { listening } from './testing/listening.ts'
import { upstreamFrom } from './upstream.ts'

/** A proxy as companies have it: it alone knows that `model.example` is the given port of this machine. */
async function companyProxy(web: number, asked: string[]): Promise<number> {
  const server = createHttpServer((_request, response) => response.writeHead(405).end())
  server.on('connect', ({ url, headers }, client, head) => {
    asked.push(`${url} ${headers['proxy-authorization'] ?? '-'}`)
    if (!url?.startsWith('model.example:')) return client.end('HTTP/1.1 403 Not for you\r\n\r\n')
    const onward = connect(web, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      onward.write(head)
      client.pipe(onward).pipe(client)
    })
    onward.on('error', () => client.destroy())
    client.on('error', () => onward.destroy())
  })
  return listening(server)
}

/** The port of a proxy of ours that leads to some places, behind what the environment says. */
async function ours(
  env: NodeJS.ProcessEnv,
  resolve: (name: string) => Promise<string[]>,
  places = ['model.example', 'model.example:8443', 'other.example'],
): Promise<number> {
  const allowed = places.flatMap(each => parseDestination(each) ?? [])
  const proxy = openProxy(allowed, resolve, upstreamFrom(env))
  onTestFinished(() => proxy.close())
  return listening(createServer({ pauseOnConnect: false }, proxy.answer))
}

async function get(port: number, url: string): Promise<{ status: number; said: string }> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: url }).on('response', resolve).on('error', reject).end()
  })
  return { status: answer.statusCode ?? 0, said: await text(answer) }
}

const unknown = (name: string): Promise<string[]> =>
  Promise.reject(new Error(`getaddrinfo ENOTFOUND ${name}`))
const web = (): Promise<number> =>
  listening(createHttpServer((incoming, response) => response.end(`web ${incoming.url}`)))

it('listed places are reached by the proxy of this machine, by name, with its password', async () => {
  const asked: string[] = []
  const company = await companyProxy(await web(), asked)
  const port = await ours({ HTTP_PROXY: `http://me:p%40ss@127.0.0.1:${company}` }, unknown)
  expect(await get(port, 'http://model.example/a')).toEqual({ status: 200, said: 'web /a' })
  expect(asked).toEqual([`model.example:80 Basic ${Buffer.from('me:p@ss').toString('base64')}`])
})

it('a tunnel goes through its tunnel', async () => {
  const asked: string[] = []
  const company = await companyProxy(await web(), asked)
  const port = await ours({ https_proxy: `127.0.0.1:${company}` }, unknown)
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.end(
    'CONNECT model.example:8443 HTTP/1.1\r\n\r\nGET /through HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  )
  const said = await text(socket)
  expect(said).toContain('200 Connection established')
  expect(said).toContain('web /through')
  expect(asked).toEqual(['model.example:8443 -'])
})

it('what is not listed is refused before it is asked, and so is a name that leads into this network', async () => {
  const asked: string[] = []
  const company = await companyProxy(await web(), asked)
  const env = { HTTP_PROXY: `http://127.0.0.1:${company}` }
  expect((await get(await ours(env, unknown), 'http://nowhere.example/')).status).toBe(403)
  const inside = await ours(env, async () => ['10.0.0.1'])
  expect(await get(inside, 'http://model.example/')).toMatchObject({
    status: 403,
    said: expect.stringContaining('not public'),
  })
  expect(asked).toEqual([])
})

it('what that proxy refuses is told, without its password', async () => {
  const company = await companyProxy(await web(), [])
  const port = await ours({ http_proxy: `http://me:secret@127.0.0.1:${company}` }, unknown)
  const { status, said } = await get(port, 'http://other.example/')
  expect(status).toBe(502)
  expect(said).toBe(
    `the proxy of this machine, 127.0.0.1:${company}, answered "403 Not for you" when asked for other.example:80\n`,
  )
})

it.each([
  [{ HTTPS_PROXY: 'http://p:1' }, 'a.example', 443, 'http://p:1/'],
  [{ HTTPS_PROXY: 'http://p:1' }, 'a.example', 80, null],
  [{ https_proxy: 'p:1', HTTPS_PROXY: 'http://q:1' }, 'a.example', 8443, 'http://p:1/'],
  [{ ALL_PROXY: 'https://p' }, 'a.example', 80, 'https://p/'],
  [{ ALL_PROXY: 'socks5://p:1' }, 'a.example', 80, null],
  [{ HTTPS_PROXY: 'http://p:1' }, '127.0.0.1', 443, null],
  [{ HTTPS_PROXY: 'http://p:1' }, 'localhost', 443, null],
  [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' }, 'a.example', 443, null],
  [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'b.example, .example' }, 'a.example', 443, null],
  [{ HTTPS_PROXY: 'http://p:1', no_proxy: '*.example' }, 'a.example', 443, null],
  [{ HTTPS_PROXY: 'http://p:1', no_proxy: 'a.example:8443' }, 'a.example', 443, 'http://p:1/'],
  [{ HTTPS_PROXY: 'http://p:1', no_proxy: 'ample' }, 'a.example', 443, 'http://p:1/'],
  [{ HTTPS_PROXY: 'http://p:1', no_proxy: '10.0.0.0/8,::1' }, '10.2.3.4', 443, null],
  [{ HTTPS_PROXY: '' }, 'a.example', 443, null],
])('%j: %s:%i by %s', (env, host, port, expected) => {
  expect(upstreamFrom(env)(host, port)?.href ?? null).toBe(expected)
})
