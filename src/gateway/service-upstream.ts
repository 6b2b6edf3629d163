import { InfraError } from '../errors.ts'
import { forwardable } from './headers.ts'
import type { Upstream } from './upstream.ts'

const connectTimeoutMs = 30_000

/** Connections to services, kept open for all trials of a run. */
export interface Connections {
  /** The service at a URL. */
  to(url: string): Upstream
  close(): Promise<void>
}

/**
 * Real HTTP with undici: it keeps connections open, reads HTTPS_PROXY and NO_PROXY as this machine has them, and hands on
 * each chunk as it comes; node:http knows no proxies before Node 24. Loaded at the first call.
 */
export function openConnections(env: NodeJS.ProcessEnv): Connections {
  const opened = { agent: null as ReturnType<typeof open> | null }
  const open = async () => {
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
  return {
    to: url => async (asked, signal) => {
      const { agent, request } = await (opened.agent ??= open())
      try {
        const answer = await request(`${url.replace(/\/+$/, '')}${asked.path}`, {
          method: asked.method,
          headers: asked.headers,
          body: asked.body.length > 0 || /^(POST|PUT|PATCH)$/.test(asked.method) ? asked.body : null,
          dispatcher: agent,
          signal,
        })
        return { status: answer.statusCode, headers: forwardable(answer.headers), body: answer.body }
      } catch (error) {
        signal.throwIfAborted()
        throw new InfraError(`${new URL(url).host} could not be reached: ${reasonOf(error)}`, {
          transient: true,
          cause: error,
        })
      }
    },
    async close() {
      await (await opened.agent)?.agent.destroy()
    },
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Where a name has several addresses, each has failed in its way.
  const inner = error instanceof AggregateError ? error.errors.map(reasonOf).join('; ') : ''
  return inner || error.message || ('code' in error ? String(error.code) : error.name)
}
