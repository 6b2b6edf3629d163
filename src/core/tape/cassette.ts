import { InfraError } from '../../errors.ts'
import { CassetteLine, cassetteSchemaVersion, type RecordedCall } from '../../model/cassette.ts'
import { parseJson } from '../../util/json.ts'
import { joinBody, parting } from './body-parts.ts'
import { normaliser } from './normalise.ts'
import { hidePaths, type Volatile } from './volatile.ts'
import { keepPathsWhole } from './whole-paths.ts'

export const cassetteFile = 'cassette.jsonl'

/** A call as it was; its body and that of its answer are texts. */
export interface TapedCall extends Omit<RecordedCall, 'type' | 'hash' | 'body'> {
  body: string
}

/** Makes a cassette of calls. */
export interface CassetteWriter {
  /** Adds a call when it has ended. */
  add(call: TapedCall): void
  /** The whole file. */
  text(): string
}

/** What differs from trial to trial is replaced by words; secrets are for the store, which redacts all that it keeps. */
export function cassetteWriter(volatile: Volatile): CassetteWriter {
  const lines: CassetteLine[] = [{ type: 'cassette', schemaVersion: cassetteSchemaVersion }]
  const parts = parting()
  const { hash } = normaliser()
  return {
    add({ body, answer, ...call }) {
      const hidden = hidePaths(body, volatile)
      const taken = parts.take(hidden)
      lines.push(...taken.parts, {
        type: 'call',
        ...call,
        path: hidePaths(call.path, volatile),
        body: taken.body,
        hash: hash(hidden),
        answer: answer && { ...answer, body: hiddenAnswer(answer, volatile) },
      })
    },
    text: () => lines.map(line => `${JSON.stringify(line)}\n`).join(''),
  }
}

type Answer = NonNullable<RecordedCall['answer']>

function hiddenAnswer({ body, headers }: Answer, volatile: Volatile): Answer['body'] {
  if (body.encoding !== 'utf8') return body
  const isStream = (headers['content-type'] ?? '').includes('event-stream')
  const whole = isStream ? keepPathsWhole(body.data, Object.keys(volatile)) : body.data
  return { ...body, data: hidePaths(whole, volatile) }
}

/** A recorded call with its body put together again; paths are still words. */
export interface PlayedCall extends Omit<RecordedCall, 'body'> {
  body: string
}

/** The calls of a cassette in the order in which they began. Throws InfraError, which names the file and the line, if it is none. */
export function readCassette(text: string, path: string): PlayedCall[] {
  const parts = new Map<number, unknown>()
  const calls: PlayedCall[] = []
  text.split('\n').forEach((line, i) => {
    if (line === '') return
    const parsed = CassetteLine.safeParse(parseJson(line))
    if (!parsed.success)
      throw new InfraError(
        `${path}:${i + 1} is no line of a recording of this version of agent-eval: ${parsed.error.message.slice(0, 200)}\nRecord the run again: agent-eval run SUITE --record`,
      )
    const { data } = parsed
    if (data.type === 'part') parts.set(data.part, data.value)
    if (data.type === 'call') calls.push({ ...data, body: joinBody(data.body, parts) })
  })
  return calls.toSorted((a, b) => a.number - b.number)
}
