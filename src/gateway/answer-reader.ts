import { once } from 'node:events'
import { createBrotliDecompress, createUnzip } from 'node:zlib'
import type { Transform } from 'node:stream'
import { parseJson } from '../util/json.ts'
import { eventReader } from './sse.ts'
import { nothingTold, type Told, type Wire } from './wires/wire.ts'

/** So much of an answer is kept; a longer one is passed on, but not read as a whole. */
const longestAnswer = 64 * 1024 * 1024

/** Reads along while an answer passes. */
export interface AnswerReader {
  push(chunk: Uint8Array): void
  /** What was told, and the whole answer in plain bytes; null where it was too long. */
  end(): Promise<{ told: Told; body: Buffer | null }>
}

/** `keep`: whether the body is wanted in the end, also that of a stream. */
export function answerReader(
  wire: Wire | null,
  headers: Readonly<Record<string, string>>,
  keep: boolean,
): AnswerReader {
  const told = nothingTold()
  const isStream = /^text\/event-stream/i.test(headers['content-type'] ?? '')
  const events = eventReader(data => {
    if (data === '[DONE]') told.isWhole = true
    else wire?.read(told, parseJson(data))
  })
  let chunks: Uint8Array[] | null = keep || !isStream ? [] : null
  let length = 0
  const take = (chunk: Uint8Array): void => {
    length += chunk.length
    if (length > longestAnswer) chunks = null
    chunks?.push(chunk)
    if (isStream) events.push(chunk)
  }
  /** Some services do not say that what they send is a stream. */
  const readWhole = (body: Buffer): void => {
    const value = parseJson(body.toString())
    if (value !== undefined) wire?.read(told, value)
    else {
      events.push(body)
      events.end()
    }
  }
  const encoding = headers['content-encoding']
  const decoder = decoderFor(encoding)
  const isUnreadable = decoder === null && encoding !== undefined && encoding !== 'identity'
  decoder?.on('data', take)
  // Half an answer ends in the middle of what was compressed: what could be read counts.
  decoder?.on('error', () => undefined)
  return {
    push: chunk => void (decoder ? decoder.write(chunk) : take(chunk)),
    async end() {
      if (decoder) {
        const closed = once(decoder, 'close')
        decoder.end()
        await closed.catch(() => undefined)
      }
      const body = chunks === null ? null : Buffer.concat(chunks)
      if (isStream) events.end()
      else if (wire && body) readWhole(body)
      // What could not be read may well be what it should be.
      if (isUnreadable || (!isStream && body === null)) told.isKnown = true
      return { told, body }
    },
  }
}

/** Services are asked for plain answers; not all listen. */
function decoderFor(encoding: string | undefined): Transform | null {
  if (encoding === 'br') return createBrotliDecompress()
  return encoding === 'gzip' || encoding === 'deflate' || encoding === 'x-gzip' ? createUnzip() : null
}
