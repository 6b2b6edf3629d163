import { Agent as PlainAgent, request as askPlain, type Agent, type IncomingMessage } from 'node:http'
import { isIP, type Socket } from 'node:net'
import { InfraError } from '../errors.ts'
import { addressesOf, connected } from '../util/connect.ts'
import { connectedBy, upstreamFrom, type UpstreamOf } from '../util/upstream.ts'
import { forwardable } from './headers.ts'
import type { ModelRequest, Upstream } from './upstream.ts'

/** Connections to services, kept open for all trials of a run. */
export interface Connections {
  /** The service at a URL. */
  to(url: string): Promise<Upstream>
  close(): void
}

/** The way to one service. */
interface Line {
  ask(request: ModelRequest, signal: AbortSignal): Promise<IncomingMessage>
  close(): void
}

/** Real HTTP, straight or by the proxy of this machine. No time limit: models think for long, and a trial has one of its own. */
export function openConnections(env: NodeJS.ProcessEnv): Connections {
  const upstreamOf = upstreamFrom(env)
  const lines = new Map<string, Promise<Line>>()
  return {
    async to(url) {
      const base = url.replace(/\/+$/, '')
      const opened = lines.get(base) ?? openLine(base, upstreamOf)
      lines.set(base, opened)
      const line = await opened
      return async (request, signal) => {
        try {
          const answer = await line.ask(request, signal)
          return { status: answer.statusCode ?? 0, headers: forwardable(answer.headers), body: answer }
        } catch (error) {
          signal.throwIfAborted()
          const { host } = new URL(url)
          if (isOfCertificate(error))
            throw new InfraError(
              `${host} could not be reached: its certificate is not trusted here (${reasonOf(error)}); NODE_EXTRA_CA_CERTS=FILE.pem adds an authority`,
              { cause: error },
            )
          throw new InfraError(`${host} could not be reached: ${reasonOf(error)}`, {
            transient: true,
            cause: error,
          })
        }
      }
    },
    close: () => void Promise.all([...lines.values()].map(async line => (await line).close())),
  }
}

async function openLine(base: string, upstreamOf: UpstreamOf): Promise<Line> {
  const { protocol, hostname, port } = new URL(base)
  const overTls = protocol === 'https:' ? await import('node:https') : null
  const agent = new (overTls?.Agent ?? PlainAgent)({ keepAlive: true })
  connectBy(agent, await opener(hostname, Number(port) || (overTls ? 443 : 80), overTls !== null, upstreamOf))
  const start = overTls?.request ?? askPlain
  const ask: Line['ask'] = (request, signal) =>
    new Promise((resolve, reject) => {
      const { method, path, headers, body } = request
      const sent = start(`${base}${path}`, { method, headers, agent, signal })
      sent.on('response', resolve)
      sent.on('error', (error: NodeJS.ErrnoException) => {
        // The service had closed a connection that was kept: it never saw this request.
        const wasStale = sent.reusedSocket && error.code === 'ECONNRESET' && !signal.aborted
        if (wasStale) ask(request, signal).then(resolve, reject)
        else reject(error)
      })
      sent.end(body)
    })
  return { ask, close: () => agent.destroy() }
}

/** Makes new connections to a place, as this machine reaches it. */
async function opener(
  hostname: string,
  port: number,
  isTls: boolean,
  upstreamOf: UpstreamOf,
): Promise<() => Promise<Socket>> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const keep = (): void => undefined
  const tls = isTls ? await import('node:tls') : null
  return async () => {
    const proxy = upstreamOf(host, port, !isTls)
    const plain = await (proxy
      ? connectedBy(proxy, host, port, keep)
      : connected(host, port, await addressesOf(host), keep))
    // Else a kept connection that the service has closed would look alive.
    plain.allowHalfOpen = false
    if (!tls) return plain
    return tls.connect({ socket: plain, host, ...(isIP(host) === 0 && { servername: host }) })
  }
}

function connectBy(agent: Agent, open: () => Promise<Socket>): void {
  agent.createConnection = (_options, done) => {
    void open().then(
      socket => done?.(null, socket),
      // Node's types ask for a socket also where there is none.
      (error: Error) => (done as ((error: Error) => void) | undefined)?.(error),
    )
    return null
  }
}

/** Asking again would not help. */
function isOfCertificate(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET/.test(code)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Where a name has several addresses, each has failed in its way.
  const inner = error instanceof AggregateError ? error.errors.map(reasonOf).join('; ') : ''
  return inner || error.message || ('code' in error ? String(error.code) : error.name)
}
