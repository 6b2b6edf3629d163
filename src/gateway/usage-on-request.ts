import { parseJson } from '../util/json.ts'
import { isUsageOnly } from './wires/openai-chat.ts'

/**
 * Takes the event that tells the usage, and nothing else, out of a stream of Chat Completions: the gateway has asked for it,
 * the agent has not. Each event is passed on as soon as it is whole.
 */
export async function* withoutUsage(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held = Buffer.alloc(0)
  for await (const chunk of body) {
    held = Buffer.concat([held, chunk])
    for (let end = endOfEvent(held); end > 0; end = endOfEvent(held)) {
      const event = held.subarray(0, end)
      held = held.subarray(end)
      if (!isUsageOnly(dataOf(event))) yield event
    }
  }
  if (held.length > 0) yield held
}

function endOfEvent(bytes: Buffer): number {
  const ends = ['\n\n', '\r\n\r\n'].flatMap(mark => {
    const at = bytes.indexOf(mark)
    return at < 0 ? [] : [at + mark.length]
  })
  return ends.length === 0 ? 0 : Math.min(...ends)
}

function dataOf(event: Buffer): unknown {
  const line = /^data: ?(.*)$/m.exec(event.toString())?.[1]
  return line?.includes('"usage"') ? parseJson(line) : undefined
}
