import {
  createServer,
  request as requestOverHttp,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { lookup } from 'node:dns/promises'
import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import { pipeline, type Duplex } from 'node:stream'
import {
  isListed,
  isLoopback,
  isPublic,
  parseAuthority,
  showAuthority,
  type Destination,
} from './destination.ts'
import { relay } from './relay.ts'

const connectTimeoutMs = 30_000
/** For the first request of a connection. */
const headTimeoutMs = 30_000
/** To and from the proxy together. */
const maxConnections = 512
/** Different places; more are counted together. */
const maxRefusals = 200

/** What was asked for and not given. `unlisted`: not on the list. `private`: listed, but its name leads to no public address. */
export interface Refusal {
  /** `host:port`; null stands for all that are too many to be told one by one. */
  to: string | null
  why: 'unlisted' | 'private'
  /** How often. */
  count: number
}

/** An HTTP proxy that leads to listed places only. It has no port of its own: connections are handed to it. */
export interface Proxy {
  answer(connection: Socket): void
  /** Answers by leading to one place, whatever is said: no proxy protocol. */
  lead(host: string, port: number): (connection: Socket) => void
  /** In the order in which they were first asked for. */
  refusals(): Refusal[]
  /** Breaks off all that is under way, and takes nothing more. */
  close(): void
}

class Refused extends Error {
  override name = 'Refused'
}

/**
 * A proxy for CONNECT and for plain HTTP. It finds out the address of a name itself and connects to just that address; one
 * that is not public has to be on the list as well, so that no name leads into this machine or its network. Nothing that
 * comes in can make it throw. `resolve` gives all addresses of a name.
 */
export function openProxy(
  allowed: readonly Destination[],
  resolve: (name: string) => Promise<string[]> = addressesOf,
): Proxy {
  const refused = new Map<string, Refusal>()
  const open = new Set<Socket>()
  let closed = false

  const refuse = (to: string, why: Refusal['why']): Refused => {
    const key = refused.has(`${why} ${to}`) || refused.size < maxRefusals ? to : null
    const entry = refused.get(`${why} ${key}`) ?? { to: key, why, count: 0 }
    refused.set(`${why} ${key}`, { ...entry, count: entry.count + 1 })
    return new Refused(
      why === 'unlisted'
        ? `${to} is not on the list of places that may be reached from here`
        : `${to} leads to an address that is not public and not on the list of places that may be reached from here`,
    )
  }

  /** A connection to a listed place. Throws Refused, or the system's error. */
  async function reach(host: string, port: number): Promise<Socket> {
    const to = showAuthority(host, port)
    if (!isListed(allowed, host, port)) throw refuse(to, 'unlisted')
    const addresses = isIP(host) === 0 ? await resolve(host) : [host]
    const fit = addresses.filter(
      address =>
        isPublic(address) ||
        isListed(allowed, address, port) ||
        (host === 'localhost' && isLoopback(address)),
    )
    if (fit.length === 0) throw refuse(to, 'private')
    if (closed) throw new Error('the proxy was closed')
    return connected(host, port, fit, keep)
  }

  function keep(socket: Socket): void {
    open.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => open.delete(socket))
  }

  // What neither of the two expects costs the connection, and nothing else.
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    forward(request, response, reach).catch(() => response.destroy())
  })
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    tunnel(request, client, head, reach).catch(() => client.destroy())
  })

  /** False where it is one too many. */
  function take(connection: Socket): boolean {
    const fits = !closed && open.size < maxConnections
    keep(connection)
    // Who has asked may close its side and still wait for the answer.
    connection.allowHalfOpen = true
    if (!fits) connection.destroy()
    return fits
  }

  return {
    lead: (host, port) => connection => {
      if (!take(connection)) return
      reach(host, port).then(
        upstream => relay(connection, upstream),
        () => connection.destroy(),
      )
    },
    answer(connection) {
      if (!take(connection)) return
      const late = setTimeout(() => connection.destroy(), headTimeoutMs)
      const inTime = (): void => clearTimeout(late)
      connection.once('close', inTime)
      started.set(connection, inTime)
      server.emit('connection', connection)
    },
    refusals: () => [...refused.values()],
    close() {
      closed = true
      for (const socket of open) socket.destroy()
    },
  }
}

/** What to call once the first request of a connection has come. */
const started = new WeakMap<Duplex, () => void>()

type Reach = (host: string, port: number) => Promise<Socket>

async function tunnel(request: IncomingMessage, client: Duplex, head: Buffer, reach: Reach): Promise<void> {
  started.get(client)?.()
  const to = parseAuthority(request.url ?? '')
  if (!to || to.port === null) return answerRaw(client, 400, 'expected host:port')
  try {
    const upstream = await reach(to.host, to.port)
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    if (head.length > 0) upstream.write(head)
    relay(client, upstream)
  } catch (error) {
    const { status, text } = answerTo(error)
    answerRaw(client, status, text)
  }
}

function answerRaw(client: Duplex, status: number, text: string): void {
  if (client.destroyed) return
  const body = `${text}\n`
  client.end(
    `HTTP/1.1 ${status} ${status === 403 ? 'Forbidden' : status === 400 ? 'Bad Request' : 'Bad Gateway'}\r\n` +
      `Content-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
  // Whatever it still sends is of no interest.
  client.resume()
}

async function forward(request: IncomingMessage, response: ServerResponse, reach: Reach): Promise<void> {
  started.get(request.socket)?.()
  const url = URL.canParse(request.url ?? '') ? new URL(request.url ?? '') : null
  const to = url?.protocol === 'http:' && url.username === '' ? parseAuthority(url.host) : null
  if (!url || !to)
    return answerText(response, 400, 'this is a proxy: expected CONNECT, or a whole http:// address')
  try {
    const socket = await reach(to.host, to.port ?? 80)
    if (response.destroyed) {
      socket.destroy()
      return
    }
    const onward = requestOverHttp({
      createConnection: () => socket,
      method: request.method,
      path: `${url.pathname}${url.search}`,
      // Of the place that was checked, whatever the request says.
      headers: ['Host', url.host, ...passedOn(request.rawHeaders), 'Connection', 'close'],
    })
    onward.on('response', answer => {
      try {
        response.writeHead(answer.statusCode ?? 502, answer.statusMessage, passedOn(answer.rawHeaders))
        pipeline(answer, response, () => socket.destroy())
      } catch (error) {
        // A header that may be read, but not written.
        socket.destroy()
        answerText(response, 502, answerTo(error).text)
      }
    })
    onward.on('error', error => {
      if (response.headersSent) response.destroy()
      else answerText(response, 502, error.message)
    })
    response.on('close', () => socket.destroy())
    // Its errors are those of `onward`.
    pipeline(request, onward, () => {})
  } catch (error) {
    const { status, text } = answerTo(error)
    answerText(response, status, text)
  }
}

function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(`${text}\n`)
}

function answerTo(error: unknown): { status: number; text: string } {
  if (error instanceof Refused) return { status: 403, text: error.message }
  return { status: 502, text: error instanceof Error ? error.message : String(error) }
}

const hopByHop =
  /^(connection|proxy-connection|keep-alive|proxy-authorization|proxy-authenticate|te|trailer|upgrade|expect|host)$/i

/** Headers as name, value, name, value, without those that are meant for the next hop alone. */
function passedOn(raw: readonly string[]): string[] {
  const pairs = raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1] ?? ''] as const] : []))
  const named = pairs
    .filter(([name]) => /^connection$/i.test(name))
    .flatMap(([, value]) => value.toLowerCase().split(/\s*,\s*/))
  return pairs
    .filter(([name]) => !hopByHop.test(name) && !named.includes(name.toLowerCase()))
    .flatMap(pair => [...pair])
}

/** Connects to the first of these addresses that answers, and to no other, whatever the name leads to by now. */
function connected(
  host: string,
  port: number,
  addresses: readonly string[],
  keep: (socket: Socket) => void,
): Promise<Socket> {
  const found = addresses.map(address => ({ address, family: isIP(address) }))
  const lookUp: LookupFunction = (_name, options, callback) =>
    options.all ? callback(null, found) : callback(null, found[0]?.address ?? '', found[0]?.family)
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      lookup: lookUp,
      allowHalfOpen: true,
      noDelay: true,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: 3000,
    })
    keep(socket)
    const late = setTimeout(
      () => socket.destroy(new Error(`${showAuthority(host, port)} did not answer in time`)),
      connectTimeoutMs,
    )
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('closed before it was connected')))
    const clear = (): void => clearTimeout(late)
    socket.once('connect', clear)
    socket.once('close', clear)
  })
}

async function addressesOf(name: string): Promise<string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address)
}
