import { performance } from 'node:perf_hooks'
import { cassetteFile, cassetteWriter } from '../core/tape/cassette.ts'
import type { Volatile } from '../core/tape/volatile.ts'
import { toContent, writeTree } from '../util/file-tree.ts'
import type { Observer, SeenAnswer } from './observer.ts'
import type { ModelRequest, Upstream } from './upstream.ts'

/** Those of requests and answers that say something of their content. No credentials, no cookies, no ids. */
const kept = [
  'content-type',
  'content-encoding',
  'accept',
  'retry-after',
  'anthropic-version',
  'anthropic-beta',
  'openai-beta',
]

/** Keeps what passes between an agent and its model. */
export interface Recorder {
  observer: Observer
  /** The same service, which also keeps what asks no model: lists of models, counts of tokens. */
  around(upstream: Upstream): Upstream
  /** Writes the cassette. To be called when the agent, which may write to the same folder, has ended. */
  close(logs: string): Promise<void>
}

export function openRecorder(volatile: Volatile): Recorder {
  const writer = cassetteWriter(volatile)
  const startedAt = performance.now()
  const add = (request: ModelRequest, atMs: number, answer: SeenAnswer): void => {
    const { number, api, lane, method, path, headers, body } = request
    writer.add({
      number,
      api,
      lane,
      atMs,
      durationMs: Math.max(0, performance.now() - startedAt - atMs),
      method,
      path,
      headers: pick(headers),
      body: body.toString(),
      answer: answer.body && {
        status: answer.status,
        headers: pick(answer.headers),
        body: bytesOf(answer.body),
        isWhole: answer.isWhole,
      },
    })
  }

  return {
    observer: { onAnswer: ({ request, atMs }, answer) => add(request, atMs, answer) },
    around: upstream => async (request, signal) => {
      if (request.api !== null) return upstream(request, signal)
      const atMs = performance.now() - startedAt
      const answer = await upstream(request, signal)
      const body = await whole(answer.body)
      add(request, atMs, { ...answer, body, isWhole: true })
      return { ...answer, body: inOnePiece(body) }
    },
    close: async logs => writeTree(logs, { [cassetteFile]: toContent(Buffer.from(writer.text()), false) }),
  }
}

async function whole(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function* inOnePiece(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body
}

function pick(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => kept.includes(name)))
}

function bytesOf(body: Buffer): { encoding: 'utf8' | 'base64'; data: string } {
  const { encoding, data } = toContent(body, false)
  return { encoding, data }
}
