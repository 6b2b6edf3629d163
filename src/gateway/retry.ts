import { setTimeout as wait } from 'node:timers/promises'
import { InfraError } from '../errors.ts'
import type { ModelAnswer, ModelRequest, Upstream } from './upstream.ts'

const maxTries = 4
const firstPauseMs = 500
/** A service that asks for a longer pause is not waited for. */
const longestPauseMs = 120_000
const longestWord = 64 * 1024

export interface Tried {
  answer: ModelAnswer
  /** Tries before this one. */
  retries: number
}

/** What no try could be had of. */
export class NoAnswer extends InfraError {
  override name = 'NoAnswer'
  readonly retries: number

  constructor(error: InfraError, retries: number) {
    super(error.message, { transient: error.transient, cause: error })
    this.retries = retries
  }
}

/**
 * Asks again where the service is overloaded, failed or could not be reached, before anything of an answer was passed on.
 * Only the last answer is given back. Throws NoAnswer.
 */
export async function askWithRetries(
  upstream: Upstream,
  request: ModelRequest,
  signal: AbortSignal,
): Promise<Tried> {
  for (let retries = 0; ; retries++) {
    let pauseMs: number | null
    try {
      const answer = await upstream(request, signal)
      if (!isPassing(answer)) return { answer, retries }
      if (retries === maxTries - 1) return { answer: asLast(answer), retries }
      const kept = await readShort(answer)
      pauseMs = isOutOfMoney(kept.start) ? null : pauseFor(answer, retries)
      if (pauseMs === null) return { answer: { ...answer, body: kept.body }, retries }
      await kept.discard()
    } catch (error) {
      if (!(error instanceof InfraError)) throw error
      if (retries === maxTries - 1 || !error.transient) throw new NoAnswer(error, retries)
      pauseMs = backOff(retries)
    }
    await wait(pauseMs, undefined, { signal })
  }
}

/** Agents that understand it do not begin anew. */
function asLast(answer: ModelAnswer): ModelAnswer {
  return { ...answer, headers: { ...answer.headers, 'x-should-retry': 'false' } }
}

function isPassing({ status, headers, isFinal }: ModelAnswer): boolean {
  if (isFinal) return false
  const may = status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505)
  return may && headers['x-should-retry'] !== 'false'
}

/** An empty account answers like a busy service, but does not pass. */
export function isOutOfMoney(said: string): boolean {
  return /insufficient_quota|credit balance|exceeded your current quota|billing/i.test(said)
}

/** As the service asks; null where that is too long. */
export function pauseFor(
  { headers }: Pick<ModelAnswer, 'headers'>,
  retries: number,
  now = Date.now(),
): number | null {
  const exactMs = Number(headers['retry-after-ms'] ?? Number.NaN)
  const after = headers['retry-after']
  const seconds = Number(after ?? Number.NaN)
  const until = after === undefined ? Number.NaN : Date.parse(after)
  const askedMs = [exactMs, seconds * 1000, until - now].find(ms => Number.isFinite(ms))
  if (askedMs === undefined) return backOff(retries)
  return askedMs > longestPauseMs ? null : Math.max(0, askedMs)
}

/** Between half of it and all, so that those who failed together do not come back together. */
function backOff(retries: number): number {
  return firstPauseMs * 2 ** retries * (0.5 + Math.random() / 2)
}

/** The beginning of a body, and the whole of it once more. */
async function readShort({ body }: ModelAnswer): Promise<{
  start: string
  body: AsyncIterable<Uint8Array>
  discard(): Promise<void>
}> {
  const read: Uint8Array[] = []
  let length = 0
  const rest = body[Symbol.asyncIterator]()
  while (length < longestWord) {
    const next = await rest.next().catch((error: unknown) => {
      throw new InfraError(`the answer broke off: ${String(error)}`, { transient: true, cause: error })
    })
    if (next.done) break
    read.push(next.value)
    length += next.value.length
  }
  return {
    start: Buffer.concat(read).toString(),
    body: (async function* () {
      yield* read
      yield* { [Symbol.asyncIterator]: () => rest }
    })(),
    discard: async () => void (await rest.return?.()),
  }
}
