import { performance } from 'node:perf_hooks'
import { cassetteFile, cassetteWriter } from '../core/tape/cassette.ts'
import { otherLane } from '../core/tape/player.ts'
import type { Volatile } from '../core/tape/volatile.ts'
import { toContent, writeTree } from '../util/file-tree.ts'
import type { Observer, SeenAnswer } from './observer.ts'
import type { ModelRequest, Upstream } from './upstream.ts'
import { wireOf } from './wires/index.ts'

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
  const began = new Map<number, number>()
  // Requests that ask no model have no number of their own here.
  let others = 0
  const add = (
    about: { number: number; api: Parameters<typeof writer.add>[0]['api']; lane: string; beganAt: number },
    { method, path, headers, body }: ModelRequest,
    answer: SeenAnswer,
  ): void => {
    const { beganAt, ...names } = about
    writer.add({
      ...names,
      atMs: beganAt - startedAt,
      firstByteMs: null,
      durationMs: performance.now() - beganAt,
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
    observer: {
      onRequest: ({ number }) => {
        began.set(number, performance.now())
      },
      onAnswer: ({ number, api, lane, request }, answer) => {
        add({ number, api, lane, beganAt: began.get(number) ?? startedAt }, request, answer)
        began.delete(number)
      },
    },
    around: upstream => async (request, signal) => {
      if (wireOf(request.method, request.path)) return upstream(request, signal)
      const beganAt = performance.now()
      const answer = await upstream(request, signal)
      const chunks: Uint8Array[] = []
      for await (const chunk of answer.body) chunks.push(chunk)
      const body = Buffer.concat(chunks)
      add({ number: ++others, api: null, lane: otherLane, beganAt }, request, {
        ...answer,
        body,
        isWhole: true,
      })
      return {
        ...answer,
        body: (async function* () {
          yield body
        })(),
      }
    },
    close: logs => writeTree(logs, { [cassetteFile]: toContent(Buffer.from(writer.text()), false) }),
  }
}

function pick(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => kept.includes(name)))
}

function bytesOf(body: Buffer): { encoding: 'utf8' | 'base64'; data: string } {
  const { encoding, data } = toContent(body, false)
  return { encoding, data }
}
