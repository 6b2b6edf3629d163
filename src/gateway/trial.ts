import { randomBytes } from 'node:crypto'
import type { GatewayReport, GatewayTrial, OpenGateway } from '../contracts.ts'
import type { Allowance } from './allowance.ts'
import { allowanceOf } from './allowance.ts'
import { openCallLog } from './call-log.ts'
import { answerCall } from './call.ts'
import type { Calls } from './calls.ts'
import { failureOf } from './failure.ts'
import { meteredOf, type CallWithTools } from './metered.ts'
import { pricesOf } from './prices.ts'
import type { GatewayServer } from './server.ts'
import type { Tape } from './tape.ts'

/** What the trials of a run share. */
export interface Shared {
  server: GatewayServer
  /** What the run may use. */
  allowance: Allowance
}

/** Opens the way of one trial. `tape` answers its calls, and sees them. */
export async function openTrial(
  trial: GatewayTrial,
  { server, allowance }: Shared,
  tape: Tape,
): Promise<OpenGateway> {
  const token = randomBytes(16).toString('hex')
  const below = new URL(trial.service.url).pathname.replace(/\/+$/, '')
  // A recording can be asked as quickly as the agent likes.
  const limits = trial.replay ? { ...trial.limits, callsPerMinute: null } : trial.limits
  const own = allowanceOf(limits, 'the trial')
  const over = new AbortController()
  const log = await openCallLog(trial.logs)
  const ended: CallWithTools[] = []
  const open = new Set<Promise<void>>()
  const reached = { limit: null as string | null, budget: null as string | null }
  let number = 0
  let closing: Promise<GatewayReport> | null = null

  const calls: Calls = {
    api: trial.service.api,
    key: trial.key,
    upstream: tape.upstream,
    prices: await pricesOf(trial.service),
    allowances: [own, allowance],
    observers: tape.observers,
    startedAt: performance.now(),
    signal: over.signal,
    nextNumber: () => ++number,
    onLimit(reason, from) {
      if (reached.limit !== null) return
      reached.limit = reason
      if (from === allowance) reached.budget = reason
      trial.onLimit(reason)
    },
    onEnd({ tools, quietMs, ...call }) {
      ended.push({ ...call, tools, quietMs })
      log.add(call)
      trial.onCall?.(call)
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
    close: () => (closing ??= close()),
  }

  async function close(): Promise<GatewayReport> {
    server.remove(token)
    const lastedMs = performance.now() - calls.startedAt
    over.abort()
    await Promise.all(open)
    await log.close()
    const { context, replay, transcript } = await tape.close()
    const inOrder = ended.toSorted((a, b) => a.number - b.number)
    return {
      metered: { ...meteredOf(inOrder, reached.limit), context, replay },
      calls: inOrder.map(({ tools: _tools, quietMs: _quiet, ...call }) => call),
      failure: failureOf(inOrder, lastedMs),
      budget: reached.budget,
      transcript,
    }
  }
}
