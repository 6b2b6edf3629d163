import { createServer, type IncomingMessage } from 'node:http'
import { isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { addressesOf, connected } from './connect.ts'
import { isListed, isLoopback, isPublic, showAuthority, type Destination } from './destination.ts'
import { forward, Refused, tunnel } from './proxy-requests.ts'
import { relay } from './relay.ts'
import { connectedBy, type UpstreamOf } from './upstream.ts'

/** For the first request of a connection. */
const headTimeoutMs = 30_000
/** To and from the proxy together. */
const maxConnections = 256
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

/**
 * A proxy for CONNECT and for plain HTTP. It finds out the address of a name itself and connects to just that address; one
 * that is not public has to be on the list as well, so that no name leads into this machine or its network. Nothing that
 * comes in can make it throw. `resolve` gives all addresses of a name. Where this machine itself is behind a proxy
 * (`upstreamOf`), it connects by that, which finds the address on its own; names that lead to no public address are refused all
 * the same, if this machine knows the name at all.
 */
export function openProxy(
  allowed: readonly Destination[],
  resolve: (name: string) => Promise<string[]> = addressesOf,
  upstreamOf: UpstreamOf = () => null,
): Proxy {
  const refused = new Map<string, Refusal>()
  const open = new Set<Socket>()
  /** What to call once the first request of a connection has come. */
  const started = new WeakMap<Duplex, () => void>()
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
    const upstream = upstreamOf(host, port)
    const addresses = isIP(host) === 0 ? await resolve(host).catch(unknownTo(upstream)) : [host]
    const fit = addresses?.filter(
      address =>
        isPublic(address) ||
        isListed(allowed, address, port) ||
        (host === 'localhost' && isLoopback(address)),
    )
    if (fit?.length === 0) throw refuse(to, 'private')
    if (closed) throw new Error('the proxy was closed')
    if (upstream) return connectedBy(upstream, host, port, keep)
    return connected(host, port, fit ?? [], keep)
  }

  function keep(socket: Socket): void {
    open.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => open.delete(socket))
  }

  // What neither of the two expects costs the connection, and nothing else.
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    started.get(request.socket)?.()
    forward(request, response, reach).catch(() => response.destroy())
  })
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    started.get(client)?.()
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

/** Behind a proxy many machines know no names: null. Elsewhere a name that is not known is a fault. */
function unknownTo(upstream: URL | null): (error: Error) => null {
  return error => {
    if (upstream) return null
    throw error
  }
}
