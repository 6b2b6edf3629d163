import type { IncomingMessage, ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import { InfraError } from '../errors.ts'
import type { ModelCall } from '../model/model-call.ts'
import type { Entered } from './allowance.ts'
import type { Calls } from './calls.ts'
import { ask, deliver } from './deliver.ts'
import { outgoing, withoutKey } from './headers.ts'
import type { CallInWork } from './metered.ts'
import { parseBody, readBody } from './read-body.ts'
import { NoAnswer } from './retry.ts'
import type { ModelRequest } from './upstream.ts'
import { wireOf } from './wires/index.ts'
import { askingForUsage } from './wires/openai-chat.ts'
import type { Wire } from './wires/wire.ts'

/** Answers one request of an agent; `path` is below the service's URL. Never throws for what either side does. */
export async function answerCall(
  calls: Calls,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const beganAt = performance.now()
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const signal = AbortSignal.any([gone.signal, calls.signal])
  const body = await readBody(request)
  if (body === null) {
    response.writeHead(413, { connection: 'close' }).end()
    return
  }
  const method = request.method ?? 'GET'
  const wire = wireOf(method, path)
  const asked = wire ? parseBody(body, request.headers['content-encoding']) : undefined
  const question = wire?.question(asked, path.split('?', 1)[0] ?? '') ?? {
    model: null,
    tools: [],
    streamed: false,
  }
  const lane = wire
    ? `${question.model ?? 'unnamed'}${question.tools.length > 0 ? ' with tools' : ''}`
    : 'other'
  const out = outgoing(request, path, wire?.api ?? calls.api, calls.key)
  const call: CallInWork = {
    number: calls.nextNumber(),
    api: wire?.api ?? null,
    method,
    path: withoutKey(path),
    model: question.model,
    observedModel: null,
    lane,
    atMs: beganAt - calls.startedAt,
    firstByteMs: null,
    durationMs: 0,
    end: 'dropped',
    status: null,
    error: null,
    retries: 0,
    usage: null,
    costUsd: null,
    requestBytes: body.length,
    responseBytes: 0,
    tools: question.tools,
    quietSince: null,
  }
  let entered: Entered[] = []
  let tokens: number | null = null
  try {
    const refusal = wire ? await enterAll(calls, signal) : []
    if (typeof refusal === 'string') {
      Object.assign(call, { end: 'limit', error: refusal, ...refuse(response, wire, 400, refusal) })
      return
    }
    entered = refusal
    call.quietSince = performance.now()
    const sent: ModelRequest = {
      number: call.number,
      api: call.api,
      lane,
      method,
      path: out.path,
      headers: out.headers,
      body,
    }
    const seen = wire ? { ...call, api: wire.api, request: sent, body: asked } : null
    if (seen) for (const observer of calls.observers) observer.onRequest?.(seen)
    const wish =
      wire?.api === 'openai-chat' && !request.headers['content-encoding'] ? askingForUsage(asked) : null
    const { answer, retries, isOurs } = await ask(calls, sent, wish, signal)
    call.retries = retries
    call.status = answer.status
    tokens = await deliver(calls, { call, wire, seen, beganAt, signal, response }, answer, isOurs)
  } catch (error) {
    if (signal.aborted) response.destroy()
    else if (error instanceof NoAnswer || error instanceof InfraError) {
      const retries = error instanceof NoAnswer ? error.retries : 0
      Object.assign(call, {
        end: 'failed',
        error: error.message,
        retries,
        ...refuse(response, wire, 502, error.message),
      })
      call.status = null
    } else throw error
  } finally {
    for (const each of entered) each.leave({ costUsd: call.costUsd, tokens })
    const { quietSince, ...ended } = call
    const now = performance.now()
    calls.onEnd({ ...ended, durationMs: now - beganAt, quietMs: now - (quietSince ?? now) })
  }
}

/** Lets a call in everywhere, or gives the reason why not. */
async function enterAll(calls: Calls, signal: AbortSignal): Promise<Entered[] | string> {
  const entered: Entered[] = []
  try {
    for (const allowance of calls.allowances) {
      const way = await allowance.enter(signal)
      if (typeof way !== 'string') {
        entered.push(way)
        continue
      }
      calls.onLimit(way, allowance)
      for (const each of entered) each.undo()
      return way
    }
    return entered
  } catch (error) {
    for (const each of entered) each.undo()
    throw error
  }
}

/** An answer of our own, in the shape of the API. */
function refuse(
  response: ServerResponse,
  wire: Wire | null,
  status: number,
  message: string,
): Pick<ModelCall, 'status' | 'responseBytes'> {
  const text = JSON.stringify(wire?.refusal(message) ?? { error: { message } })
  response.writeHead(status, { 'content-type': 'application/json', 'x-should-retry': 'false' }).end(text)
  return { status, responseBytes: Buffer.byteLength(text) }
}
