import { InfraError } from '../errors.ts'
import { forwardable } from './headers.ts'
import type { Upstream } from './upstream.ts'

const connectTimeoutMs = 30_000

/** Connections to services, kept open for all trials of a run. */
export interface Connections {
  /** The service at a URL. */
  to(url: string): Promise<Upstream>
  close(): Promise<void>
}

/**
 * Real HTTP with undici: it keeps connections open, reads HTTPS_PROXY and NO_PROXY as this machine has them, and hands on
 * each chunk as it comes; node:http knows no proxies before Node 24. Loaded for the first service.
 */
export function openConnections(env: NodeJS.ProcessEnv): Connections {
  let opened: ReturnType<typeof load> | null = null
  return {
    async to(url) {
      const { agent, request } = await (opened ??= load(env))
      const base = url.replace(/\/+$/, '')
      return async ({ method, path, headers, body }, signal) => {
        try {
          const answer = await request(`${base}${path}`, {
            method,
            headers,
            body: body.length > 0 || /^(POST|PUT|PATCH)$/.test(method) ? body : null,
            dispatcher: agent,
            signal,
          })
          return { status: answer.statusCode, headers: forwardable(answer.headers), body: answer.body }
        } catch (error) {
          signal.throwIfAborted()
          const { host } = new URL(url)
          throw new InfraError(`${host} could not be reached: ${reasonOf(error)}`, {
            transient: true,
            cause: error,
          })
        }
      }
    },
    async close() {
      await (await opened)?.agent.destroy()
    },
  }
}

async function load(env: NodeJS.ProcessEnv) {
  const { EnvHttpProxyAgent, request } = await import('undici')
  const agent = new EnvHttpProxyAgent({
    httpProxy: env['http_proxy'] ?? env['HTTP_PROXY'] ?? '',
    httpsProxy: env['https_proxy'] ?? env['HTTPS_PROXY'] ?? '',
    noProxy: env['no_proxy'] ?? env['NO_PROXY'] ?? '',
    // Models think for long, and the trial has a time limit of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: connectTimeoutMs },
    // A service need not be able to read two requests of one connection.
    pipelining: 1,
  })
  return { agent, request }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Where a name has several addresses, each has failed in its way.
  const inner = error instanceof AggregateError ? error.errors.map(reasonOf).join('; ') : ''
  return inner || error.message || ('code' in error ? String(error.code) : error.name)
}
