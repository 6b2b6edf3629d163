import type { IncomingMessage, ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import { InfraError } from '../errors.ts'
import type { ModelCall } from '../model/model-call.ts'
import type { ModelApi } from '../model/service.ts'
import type { Allowance, Entered } from './allowance.ts'
import { answerReader, type AnswerReader } from './answer-reader.ts'
import { errorIn } from './error-in.ts'
import { outgoing, withoutKey } from './headers.ts'
import { tokensIn, type CallWithTools } from './metered.ts'
import type { Observer, SeenRequest } from './observer.ts'
import { passOn } from './pass-on.ts'
import type { Prices } from './prices.ts'
import { parseBody, readBody } from './read-body.ts'
import { askWithRetries, NoAnswer, type Tried } from './retry.ts'
import type { ModelRequest, Upstream } from './upstream.ts'
import { withoutUsage } from './usage-on-request.ts'
import { wireOf } from './wires/index.ts'
import { askingForUsage } from './wires/openai-chat.ts'
import { nothingTold, type Wire } from './wires/wire.ts'

/** What the calls of one trial share. */
export interface Calls {
  api: ModelApi
  key: string | null
  upstream: Upstream
  prices: Prices
  /** Of the trial, then of the run: each has to let a call in. */
  allowances: readonly Allowance[]
  observers: readonly Observer[]
  /** When the attempt began. */
  startedAt: number
  /** Aborts when the attempt is over. */
  signal: AbortSignal
  nextNumber(): number
  onLimit(reason: string, allowance: Allowance): void
  onEnd(call: CallWithTools): void
}

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
  const call: CallWithTools = {
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
    const sent: ModelRequest = { method, path: out.path, headers: out.headers, body }
    const seen = wire ? { number: call.number, api: wire.api, lane, request: sent, body: asked } : null
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
    call.durationMs = performance.now() - beganAt
    calls.onEnd(call)
  }
}

/** Asks for the usage, too, where the agent has not; a service that does not know that wish is asked as the agent did. */
async function ask(
  { upstream }: Calls,
  sent: ModelRequest,
  wish: unknown,
  signal: AbortSignal,
): Promise<Tried & { isOurs: boolean }> {
  if (wish !== null) {
    const wished = await askWithRetries(
      upstream,
      { ...sent, body: Buffer.from(JSON.stringify(wish)) },
      signal,
    )
    if (wished.answer.status !== 400 && wished.answer.status !== 422) return { ...wished, isOurs: true }
    for await (const chunk of wished.answer.body) void chunk
  }
  return { ...(await askWithRetries(upstream, sent, signal)), isOurs: false }
}

interface Delivery {
  call: ModelCall
  wire: Wire | null
  seen: SeenRequest | null
  beganAt: number
  signal: AbortSignal
  response: ServerResponse
}

/** Passes an answer on and fills in what it told. Gives back how many tokens it used. */
async function deliver(
  { prices, observers }: Calls,
  { call, wire, seen, beganAt, signal, response }: Delivery,
  answer: Tried['answer'],
  isOurs: boolean,
): Promise<number | null> {
  const reader = answerReader(
    wire,
    answer.headers,
    seen !== null && observers.some(({ onAnswer }) => onAnswer),
  )
  const isWished = isOurs && answer.status === 200 && !answer.headers['content-encoding']
  const read = tapped(answer.body, reader)
  const body = isWished ? withoutUsage(read) : read
  const passed = await passOn({ ...answer, body }, response, signal)
  const { told, body: whole } = wire ? await reader.end() : { told: nothingTold(), body: null }
  call.firstByteMs = passed.firstByteAt === null ? null : passed.firstByteAt - beganAt
  call.responseBytes = passed.bytes
  call.observedModel = told.model
  const failed = answer.status >= 400 || told.error !== null
  call.error = failed
    ? errorIn(told.error, whole)
    : passed.broken === 'service'
      ? 'the answer broke off'
      : null
  call.end = failed
    ? 'failed'
    : passed.broken === null
      ? 'answered'
      : passed.broken === 'agent'
        ? 'dropped'
        : 'failed'
  if (seen) {
    const seenAnswer = { ...answer, body: whole, isWhole: passed.broken === null }
    for (const observer of observers) observer.onAnswer?.(seen, seenAnswer)
  }
  if (!told.tokens) return null
  const { longCacheWriteTokens: _long, webSearches: _searches, ...usage } = told.tokens
  call.usage = usage
  const names = [told.model, call.model].flatMap(name => name ?? [])
  call.costUsd = told.tier === null ? prices.costOf(told.tokens, names) : null
  return tokensIn(usage)
}

async function* tapped(body: AsyncIterable<Uint8Array>, reader: AnswerReader): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    reader.push(chunk)
    yield chunk
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
