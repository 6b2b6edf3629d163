import type { Metered } from '../../model/model-call.ts'
import type { PlayedCall } from './cassette.ts'
import { differences } from './difference.ts'
import { normaliser } from './normalise.ts'

type Outcome = NonNullable<Metered['replay']>

/** What is to be answered: the recorded call, or why there is none. */
export type Played = { call: PlayedCall } | { refusal: string }

/** Finds for each request of an agent its place in a recording. */
export interface Player {
  /** `number` of the request, the lane it belongs to, and its body with words for paths. */
  next(number: number, lane: string, body: string): Played
  outcome(): Outcome
}

/**
 * Each lane is gone through in order. Calls that went on at the same time may come in any order. With `strict` a request must
 * be as recorded, or the replay is over; with `loose` the first that is not is only told.
 */
export function player(calls: readonly PlayedCall[], mode: Outcome['mode']): Player {
  const { hash, value } = normaliser()
  const left = new Map<string, PlayedCall[]>()
  for (const call of calls) left.set(call.lane, [...(left.get(call.lane) ?? []), call])
  let diverged: Outcome['diverged'] = null
  const isOver = (): boolean => mode === 'strict' && diverged !== null

  return {
    next(number, lane, body) {
      if (isOver()) return { refusal: refusalOf(diverged) }
      const waiting = left.get(lane) ?? []
      const [due] = waiting
      if (!due) {
        diverged ??= { call: number, why: nothingLeft(lane, [...left.keys()]) }
        return { refusal: refusalOf({ call: number, why: nothingLeft(lane, [...left.keys()]) }) }
      }
      const now = hash(body)
      const same = waiting
        .filter(call => call === due || call.atMs < due.atMs + due.durationMs)
        .find(call => call.hash === now || hash(call.body) === now)
      if (!same) {
        const places = differences(value(due.body), value(body)).join('; ')
        diverged ??= { call: number, why: `unlike recorded call ${due.number}: ${places}` }
      }
      if (isOver()) return { refusal: refusalOf(diverged) }
      const call = same ?? due
      left.set(
        lane,
        waiting.filter(each => each !== call),
      )
      return { call }
    },
    outcome: () => ({
      mode,
      diverged,
      unused: [...left.values()].reduce((sum, waiting) => sum + waiting.length, 0),
    }),
  }
}

function nothingLeft(lane: string, lanes: readonly string[]): string {
  return lanes.includes(lane)
    ? `the recording has no further call of ${lane}`
    : `the recording has no call of ${lane}, only of ${lanes.join(', ') || 'nothing'}`
}

function refusalOf(diverged: Outcome['diverged']): string {
  return diverged ? `replay diverged at call ${diverged.call}: ${diverged.why}` : 'replay diverged'
}
