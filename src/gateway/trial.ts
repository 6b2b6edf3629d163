import { randomBytes } from 'node:crypto'
import type { GatewayReport, GatewayTrial, OpenGateway } from '../contracts.ts'
import type { Allowance } from './allowance.ts'
import { allowanceOf } from './allowance.ts'
import { openCallLog } from './call-log.ts'
import { answerCall, type Calls } from './call.ts'
import { failureOf } from './failure.ts'
import { meteredOf, type CallWithTools } from './metered.ts'
import type { Observer } from './observer.ts'
import { pricesOf } from './prices.ts'
import type { GatewayServer } from './server.ts'
import type { Upstream } from './upstream.ts'

/** What the trials of a run share. */
export interface Shared {
  server: GatewayServer
  /** What the run may use. */
  allowance: Allowance
}

/** Opens the way of one trial. `upstream` answers its calls, `observers` see them. */
export async function openTrial(
  trial: GatewayTrial,
  { server, allowance }: Shared,
  upstream: Upstream,
  observers: readonly Observer[],
): Promise<OpenGateway> {
  const token = randomBytes(16).toString('hex')
  const below = new URL(trial.service.url).pathname.replace(/\/+$/, '')
  const own = allowanceOf(trial.limits, 'the trial')
  const over = new AbortController()
  const log = await openCallLog(trial.logs)
  const ended: CallWithTools[] = []
  const open = new Set<Promise<void>>()
  const reached = { limit: null as string | null, budget: null as string | null }
  let number = 0

  const calls: Calls = {
    api: trial.service.api,
    key: trial.key,
    upstream,
    prices: await pricesOf(trial.service),
    allowances: [own, allowance],
    observers,
    startedAt: performance.now(),
    signal: over.signal,
    nextNumber: () => ++number,
    onLimit(reason, from) {
      if (reached.limit !== null) return
      reached.limit = reason
      if (from === allowance) reached.budget = reason
      trial.onLimit(reason)
    },
    onEnd({ tools, ...call }) {
      ended.push({ ...call, tools })
      log.add(call)
    },
  }
  server.add(token, (request, response, path) => {
    // A broken connection costs its call, and nothing else.
    request.on('error', () => response.destroy())
    response.on('error', () => response.destroy())
    const work = answerCall(
      calls,
      request,
      response,
      path.startsWith(below) ? path.slice(below.length) : path,
    )
    open.add(work)
    void work.finally(() => open.delete(work))
  })

  return {
    access: {
      api: trial.service.api,
      url: `http://127.0.0.1:${server.port}/${token}${below}`,
      key: trial.key === null ? null : `agent-eval-${randomBytes(16).toString('hex')}`,
    },
    door: { address: '127.0.0.1', port: server.port, answer: server.accept },
    async close(): Promise<GatewayReport> {
      server.remove(token)
      over.abort()
      await Promise.all(open)
      await log.close()
      const inOrder = ended.toSorted((a, b) => a.number - b.number)
      return {
        metered: { ...meteredOf(inOrder, reached.limit), context: [], replay: null },
        calls: inOrder.map(({ tools: _tools, ...call }) => call),
        failure: failureOf(inOrder),
        budget: reached.budget,
        transcript: [],
      }
    },
  }
}
