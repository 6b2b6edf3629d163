import { parseJson } from '../../util/json.ts'

/** A string in one event of a stream. */
interface Piece {
  text: string
  put(text: string): void
}

/**
 * The events of a stream with no path cut in two: a model writes a path in several pieces, so it moves into the event in
 * which it begins. What a client puts together of the events is the same; events without such a path stay as they are.
 */
export function keepPathsWhole(stream: string, paths: readonly string[]): string {
  const lines = stream.split('\n')
  const channels = new Map<string, Piece[]>()
  const changed = new Map<number, unknown>()
  lines.forEach((line, number) => {
    if (!line.startsWith('data:')) return
    const event = parseJson(line.slice(5))
    if (event === undefined) return
    eachPiece(event, '', (channel, piece) => {
      const put = (text: string): void => {
        piece.put(text)
        changed.set(number, event)
      }
      channels.set(channel, [...(channels.get(channel) ?? []), { text: piece.text, put }])
    })
  })
  for (const pieces of channels.values()) if (pieces.length > 1) mend(pieces, paths)
  return lines
    .map((line, number) => (changed.has(number) ? `data: ${JSON.stringify(changed.get(number))}` : line))
    .join('\n')
}

/** What belongs together stands at the same place of its events, and under the same numbers and names. */
function eachPiece(value: unknown, channel: string, found: (channel: string, piece: Piece) => void): void {
  if (value === null || typeof value !== 'object') return
  const node = value as Record<string, unknown>
  const { type, index, output_index: output, item_id: item } = node
  const here = `${channel}|${JSON.stringify([type, index, output, item])}`
  for (const [key, child] of Object.entries(node)) {
    const place = `${here}.${key}`
    if (typeof child === 'string')
      found(place, {
        text: child,
        put: text => {
          node[key] = text
        },
      })
    else eachPiece(child, place, found)
  }
}

function mend(pieces: readonly Piece[], paths: readonly string[]): void {
  const all = pieces.map(({ text }) => text).join('')
  const texts = pieces.map(({ text }) => text)
  for (const path of paths) {
    for (let at = all.indexOf(path); at >= 0; at = all.indexOf(path, at + path.length)) {
      let start = 0
      let owner = -1
      texts.forEach((text, i) => {
        const end = start + text.length
        if (owner < 0 && at < end) owner = i
        start = end
      })
      moveInto(texts, owner, at + path.length)
    }
  }
  texts.forEach((text, i) => {
    if (text !== pieces[i]?.text) pieces[i]?.put(text)
  })
}

/** Lets the text with this number reach up to a place of all texts together. */
function moveInto(texts: string[], owner: number, end: number): void {
  let missing = end - texts.slice(0, owner + 1).reduce((sum, text) => sum + text.length, 0)
  for (let i = owner + 1; missing > 0 && i < texts.length; i++) {
    const moved = (texts[i] ?? '').slice(0, missing)
    texts[owner] += moved
    texts[i] = (texts[i] ?? '').slice(moved.length)
    missing -= moved.length
  }
}
