import { createServer as createHttpServer, request, type IncomingMessage } from 'node:http'
import { connect, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseDestination, type Destination } from './destination.ts'
import { openProxy, type Proxy } from './proxy.ts'
import { listening } from './testing/listening.ts'

const places = (...texts: string[]): Destination[] => texts.flatMap(each => parseDestination(each) ?? [])

/** A proxy with a port, as a sandbox's door gives it one. */
async function proxyFor(
  allowed: readonly string[],
  resolve?: (name: string) => Promise<string[]>,
): Promise<{ proxy: Proxy; port: number }> {
  const proxy = openProxy(places(...allowed), resolve)
  onTestFinished(() => proxy.close())
  return { proxy, port: await listening(createServer({ pauseOnConnect: false }, proxy.answer)) }
}

/** Tells what it was asked. */
function webServer(): Promise<number> {
  return listening(
    createHttpServer((incoming, response) => {
      void text(incoming).then(body => {
        response.setHeader('set-cookie', ['a=1', 'b=2'])
        response.end(
          JSON.stringify({ method: incoming.method, url: incoming.url, headers: incoming.headers, body }),
        )
      })
    }),
  )
}

/** Sends bytes and gives all that comes back. */
async function say(port: number, bytes: string | Buffer, end = true): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => socket.destroy())
  if (end) socket.end(bytes)
  else socket.write(bytes)
  return text(socket).catch(() => 'broken off')
}

async function get(
  proxyPort: number,
  url: string,
  body?: string,
): Promise<{ status: number; text: string; raw: string[] }> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request({
      port: proxyPort,
      host: '127.0.0.1',
      path: url,
      method: body === undefined ? 'GET' : 'POST',
    })
    asked.setHeader('proxy-authorization', 'secret')
    asked.setHeader('x-mine', 'kept')
    asked.on('response', resolve).on('error', reject).end(body)
  })
  return { status: answer.statusCode ?? 0, text: await text(answer), raw: answer.rawHeaders }
}

describe('plain HTTP', () => {
  it('is passed on to a listed place, with its body, and without what is meant for the proxy', async () => {
    const web = await webServer()
    const { port, proxy } = await proxyFor([`127.0.0.1:${web}`])
    const { status, text: said, raw } = await get(port, `http://127.0.0.1:${web}/a?b=c`, 'x'.repeat(300_000))
    expect(status).toBe(200)
    expect(raw.filter(each => /^[ab]=/.test(each))).toEqual(['a=1', 'b=2'])
    const seen = JSON.parse(said)
    expect(seen).toMatchObject({ method: 'POST', url: '/a?b=c', body: 'x'.repeat(300_000) })
    expect(seen.headers).toMatchObject({ host: `127.0.0.1:${web}`, 'x-mine': 'kept' })
    expect(seen.headers).not.toHaveProperty('proxy-authorization')
    expect(proxy.refusals()).toEqual([])
  })

  it('goes to the place in its address, whatever its host header says', async () => {
    const web = await webServer()
    const { port } = await proxyFor([`127.0.0.1:${web}`])
    const answer = await say(
      port,
      `GET http://127.0.0.1:${web}/ HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n`,
      false,
    )
    expect(answer).toContain(`"host":"127.0.0.1:${web}"`)
  })

  it('is refused for any other place, which is counted', async () => {
    const { port, proxy } = await proxyFor(['example.com'])
    expect(await get(port, 'http://127.0.0.1:1/')).toMatchObject({
      status: 403,
      text: '127.0.0.1:1 is not on the list of places that may be reached from here\n',
    })
    await get(port, 'http://169.254.169.254/latest/meta-data')
    await get(port, 'http://127.0.0.1:1/again')
    expect(proxy.refusals()).toEqual([
      { to: '127.0.0.1:1', why: 'unlisted', count: 2 },
      { to: '169.254.169.254:80', why: 'unlisted', count: 1 },
    ])
  })

  it('says so where nothing answers, or where it was asked for no address', async () => {
    const server = createServer()
    const free = await listening(server)
    server.close()
    const { port } = await proxyFor([`127.0.0.1:${free}`])
    expect(await get(port, `http://127.0.0.1:${free}/`)).toMatchObject({ status: 502 })
    expect(await get(port, '/')).toMatchObject({ status: 400 })
    expect(await get(port, 'https://example.com/')).toMatchObject({ status: 400 })
  })
})

describe('tunnels', () => {
  it('carry bytes both ways, each until its own end', async () => {
    // Answers only after it has heard all.
    const echo = await listening(
      createServer({ allowHalfOpen: true }, socket => {
        let heard = 0
        socket.on('data', bytes => (heard += bytes.length)).on('end', () => socket.end(`heard ${heard}`))
      }),
    )
    const { port } = await proxyFor([`127.0.0.1:${echo}`])
    for (const length of [5, 500_000]) {
      const answer = await say(port, `CONNECT 127.0.0.1:${echo} HTTP/1.1\r\n\r\n${'x'.repeat(length)}`)
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 200 .*\r\n\r\nheard ${length}$`))
    }
  })

  it.each([
    '127.0.0.1:9',
    'localhost:9',
    '[::1]:9',
    '0x7f000001:9',
    '[::ffff:127.0.0.1]:9',
    'evil.example:443',
  ])('do not lead to %s, which is not listed', async to => {
    const { port, proxy } = await proxyFor(['example.com', '127.0.0.1:8080'])
    expect(await say(port, `CONNECT ${to} HTTP/1.1\r\n\r\n`)).toMatch(/^HTTP\/1\.1 403 Forbidden/)
    expect(proxy.refusals()).toMatchObject([{ why: 'unlisted', count: 1 }])
  })

  it('a listed name that leads to an address of this machine or its network is refused, unless that is listed', async () => {
    const web = await webServer()
    const inside = (): Promise<string[]> => Promise.resolve(['127.0.0.1', '169.254.169.254', 'fd00::1'])
    const without = await proxyFor([`rebound.example:${web}`], inside)
    const ask = `CONNECT rebound.example:${web} HTTP/1.1\r\n\r\nGET / HTTP/1.0\r\n\r\n`
    expect(await say(without.port, ask)).toMatch(/^HTTP\/1\.1 403 Forbidden.*not public/s)
    expect(without.proxy.refusals()).toEqual([{ to: `rebound.example:${web}`, why: 'private', count: 1 }])
    const both = await proxyFor([`rebound.example:${web}`, `127.0.0.1:${web}`], inside)
    expect(await say(both.port, ask, false)).toMatch(/^HTTP\/1\.1 200 .*"url":"\/"/s)
  })

  it('a name is looked up once: what was checked is what is connected to', async () => {
    const web = await webServer()
    let asked = 0
    const { port } = await proxyFor([`turning.example:${web}`, `127.0.0.1:${web}`], () => {
      asked++
      return Promise.resolve(asked === 1 ? ['127.0.0.1'] : ['169.254.169.254'])
    })
    const answer = await say(
      port,
      `CONNECT turning.example:${web} HTTP/1.1\r\n\r\nGET / HTTP/1.0\r\n\r\n`,
      false,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*"url":"\/"/s)
    expect(asked).toBe(1)
  })

  it('names that are not listed are not even looked up', async () => {
    const asked: string[] = []
    const { port } = await proxyFor(['example.com'], name => {
      asked.push(name)
      return Promise.resolve([])
    })
    await say(port, 'CONNECT secret-in-a-name.evil.example:443 HTTP/1.1\r\n\r\n')
    await get(port, 'http://secret-in-a-name.evil.example/')
    expect(asked).toEqual([])
  })

  it('end with the proxy', async () => {
    const silent = await listening(createServer(() => {}))
    const { port, proxy } = await proxyFor([`127.0.0.1:${silent}`])
    const over = say(port, `CONNECT 127.0.0.1:${silent} HTTP/1.1\r\n\r\n`, false)
    await delay(100)
    proxy.close()
    await over
    expect(await say(port, `CONNECT 127.0.0.1:${silent} HTTP/1.1\r\n\r\n`)).not.toContain('200')
  })
})

describe('hostile input', () => {
  it.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['garbage', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256))],
    ['a huge header', `GET http://a/ HTTP/1.1\r\nX: ${'x'.repeat(2_000_000)}\r\n\r\n`],
    ['very many headers', `GET http://a/ HTTP/1.1\r\n${'X: y\r\n'.repeat(100_000)}\r\n`],
    ['a huge address', `CONNECT ${'a'.repeat(100_000)}:443 HTTP/1.1\r\n\r\n`],
    ['a host that is none', 'CONNECT a b%00\\/:443 HTTP/1.1\r\n\r\n'],
    ['no port', 'CONNECT example.com HTTP/1.1\r\n\r\n'],
    ['a huge port', 'CONNECT example.com:99999999999 HTTP/1.1\r\n\r\n'],
    ['two lengths', 'POST http://a/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx'],
    [
      'a length and chunks',
      'POST http://a/ HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['TLS', Buffer.from('1603010200010001fc0303', 'hex')],
    ['an upgrade', 'GET http://a/ HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'],
    ['an early body', 'CONNECT 127.0.0.1:1 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello'],
  ])('%s harms nothing', async (_name, bytes) => {
    const web = await webServer()
    const { port } = await proxyFor([`127.0.0.1:${web}`])
    expect(await say(port, bytes)).not.toMatch(/^HTTP\/1\.1 200/)
    expect(await get(port, `http://127.0.0.1:${web}/`)).toMatchObject({ status: 200 })
  })

  it('an answer that breaks the protocol breaks off that request alone', async () => {
    const bad = await listening(
      createServer(socket => socket.end('HTTP/1.1 200 \x01OK\r\nA: \x07\r\nB\x00: c\r\n\r\n')),
    )
    const cut = await listening(
      createServer(socket => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfew')),
    )
    const { port } = await proxyFor([`127.0.0.1:${bad}`, `127.0.0.1:${cut}`])
    expect(await get(port, `http://127.0.0.1:${bad}/`)).toMatchObject({ status: 502 })
    await expect(get(port, `http://127.0.0.1:${cut}/`)).rejects.toThrow('aborted')
  })

  it('very many different places are told as one', async () => {
    const { port, proxy } = await proxyFor(['example.com'])
    const asks = Array.from(
      { length: 260 },
      (_, i) => `GET http://h${i}.example/ HTTP/1.1\r\nHost: x\r\n\r\n`,
    )
    for (const ask of asks) await say(port, ask)
    const refusals = proxy.refusals()
    expect(refusals.length).toBeLessThanOrEqual(201)
    expect(refusals.at(-1)).toMatchObject({ to: null, count: 60 })
  })

  it('of very many connections the last ones are broken off, the others go on', async () => {
    const web = await webServer()
    const { port } = await proxyFor([`127.0.0.1:${web}`])
    const many = Array.from({ length: 600 }, () => connect({ port, host: '127.0.0.1' }).on('error', () => {}))
    await Promise.all(
      many.map(socket => new Promise(resolve => socket.once('connect', resolve).once('close', resolve))),
    )
    await expect
      .poll(() => many.filter(socket => socket.readableEnded || socket.destroyed).length)
      .toBeGreaterThan(80)
    for (const socket of many) socket.destroy()
    await expect
      .poll(() =>
        get(port, `http://127.0.0.1:${web}/`).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200)
  })
})
