import { readFile } from 'node:fs/promises'
import { InfraError } from '../errors.ts'
import type { GatewayTrial } from '../contracts.ts'
import { readCassette, type PlayedCall } from '../core/tape/cassette.ts'
import { player } from '../core/tape/player.ts'
import { hidePaths, showPaths, type Volatile } from '../core/tape/volatile.ts'
import type { Metered } from '../model/model-call.ts'
import type { ModelAnswer, ModelRequest, Upstream } from './upstream.ts'
import { wires } from './wires/index.ts'

/** A recording in the place of a service: no network, no key. */
export interface Replay {
  upstream: Upstream
  outcome(): NonNullable<Metered['replay']>
}

/** Throws InfraError if the cassette cannot be read. */
export async function openReplay(
  { cassette, mode }: NonNullable<GatewayTrial['replay']>,
  volatile: Volatile,
): Promise<Replay> {
  const calls = readCassette(await readFile(cassette, 'utf8'), cassette)
  const play = player(
    calls.filter(({ api }) => api !== null),
    mode,
  )
  const others = calls.filter(({ api }) => api === null)

  return {
    async upstream(request) {
      const { api, number, lane, body } = request
      if (api === null) return otherAnswer(others, request, volatile)
      const played = play.next(number, lane, hidePaths(body.toString(), volatile))
      return 'call' in played ? answerOf(played.call, volatile) : refusal(wires[api].refusal(played.refusal))
    },
    outcome: play.outcome,
  }
}

/** The answer to the same question, whichever number it had. */
function otherAnswer(others: readonly PlayedCall[], request: ModelRequest, volatile: Volatile): ModelAnswer {
  const path = hidePaths(request.path, volatile)
  const same = others.filter(call => call.method === request.method && call.path === path)
  const body = hidePaths(request.body.toString(), volatile)
  const call = same.find(each => each.body === body) ?? same[0]
  return call ? answerOf(call, volatile) : refusal({ error: { message: 'not in the recording' } }, 404)
}

function answerOf({ number, answer }: PlayedCall, volatile: Volatile): ModelAnswer {
  if (!answer)
    throw new InfraError(
      `recorded call ${number} has no answer: the connection broke, or it was too long to be kept`,
    )
  const { body, isWhole } = answer
  const bytes =
    body.encoding === 'utf8' ? Buffer.from(showPaths(body.data, volatile)) : Buffer.from(body.data, 'base64')
  return { ...answer, isFinal: true, body: inOnePiece(bytes, isWhole) }
}

async function* inOnePiece(bytes: Uint8Array, isWhole: boolean): AsyncGenerator<Uint8Array> {
  yield bytes
  if (!isWhole) throw new InfraError('the recorded answer broke off here')
}

/** In the shape of the API, and such that agents do not try again. */
function refusal(value: unknown, status = 400): ModelAnswer {
  return {
    status,
    isFinal: true,
    headers: { 'content-type': 'application/json', 'x-should-retry': 'false' },
    body: inOnePiece(Buffer.from(JSON.stringify(value)), true),
  }
}
