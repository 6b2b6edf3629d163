import type { ServerResponse } from 'node:http'
import type { ModelCall } from '../model/model-call.ts'
import { answerReader, type AnswerReader } from './answer-reader.ts'
import type { Calls } from './calls.ts'
import { errorIn, insteadOfAnswer } from './error-in.ts'
import { tokensIn } from '../core/spent.ts'
import type { CallInWork } from './metered.ts'
import type { SeenRequest } from './observer.ts'
import { passOn, type Passed } from './pass-on.ts'
import { askWithRetries, type Tried } from './retry.ts'
import type { ModelRequest } from './upstream.ts'
import { withoutUsage } from './usage-on-request.ts'
import { nothingTold, type Told, type Wire } from './wires/wire.ts'

/** Asks for the usage, too, where the agent has not; a service that does not know that wish is asked as the agent did. */
export async function ask(
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
    const { status, isFinal } = wished.answer
    if (isFinal || (status !== 400 && status !== 422)) return { ...wished, isOurs: true }
    for await (const chunk of wished.answer.body) void chunk
  }
  return { ...(await askWithRetries(upstream, sent, signal)), isOurs: false }
}

export interface Delivery {
  call: CallInWork
  wire: Wire | null
  seen: SeenRequest | null
  beganAt: number
  signal: AbortSignal
  response: ServerResponse
}

/** Passes an answer on and fills in what it told. Gives back how many tokens it used. */
export async function deliver(
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
  call.quietSince = passed.lastByteAt ?? call.quietSince
  call.observedModel = told.model
  Object.assign(call, endOf(answer.status, passed.broken, told, whole, wire !== null))
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

/** An agent that has heard the last word of an answer need not wait for the end of the connection. */
function endOf(
  status: number,
  broken: Passed['broken'],
  told: Told,
  body: Buffer | null,
  isModel: boolean,
): Pick<ModelCall, 'end' | 'error'> {
  if (status >= 300 || told.error) return { end: 'failed', error: errorIn(told.error, body) }
  if (broken === null && !told.isKnown && isModel) return { end: 'failed', error: insteadOfAnswer(body) }
  if (broken === null || told.isWhole) return { end: 'answered', error: null }
  if (broken === 'agent') return { end: 'dropped', error: null }
  return { end: 'failed', error: 'the answer broke off' }
}

async function* tapped(body: AsyncIterable<Uint8Array>, reader: AnswerReader): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    reader.push(chunk)
    yield chunk
  }
}
