import { StringDecoder } from 'node:string_decoder'

/** The largest event that is looked at; a longer one is passed on unread. */
const longestEvent = 64 * 1024 * 1024

/** Splits a stream of server-sent events into the data of each, wherever it is cut. */
export interface EventReader {
  push(chunk: Uint8Array): void
  /** Takes what was left without an empty line at the end as an event, too. */
  end(): void
}

/** Calls with the data of each event, its lines joined; comments and events without data are left out. */
export function eventReader(onData: (data: string) => void): EventReader {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let data: string[] = []
  let length = 0

  const flush = (): void => {
    if (data.length > 0 && length <= longestEvent) onData(data.join('\n'))
    data = []
    length = 0
  }
  const line = (text: string): void => {
    if (text === '') return flush()
    if (!text.startsWith('data:')) return
    const value = text.slice(text.startsWith('data: ') ? 6 : 5)
    length += value.length
    if (length <= longestEvent) data.push(value)
  }
  const take = (text: string, isLast: boolean): void => {
    let from = 0
    const all = rest + text
    // A carriage return at the very end may be half of a line's end.
    const ends = /\r\n|\n|\r(?!$)/g
    // What is left over has been searched already.
    ends.lastIndex = Math.max(0, rest.length - 1)
    for (let end = ends.exec(all); end !== null; end = ends.exec(all)) {
      line(all.slice(from, end.index))
      from = ends.lastIndex
    }
    rest = all.slice(from)
    // Its beginning is gone, so the rest of the line will be no data.
    if (rest.length > longestEvent) rest = ' '
    if (isLast) {
      line(rest.replace(/\r$/, ''))
      rest = ''
      flush()
    }
  }
  return {
    push: chunk => take(decoder.write(Buffer.from(chunk)), false),
    end: () => take(decoder.end(), true),
  }
}
