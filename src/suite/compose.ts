import {
  EVENT_ID,
  getScalarValue,
  SCALAR_STYLE,
  type AliasEvent,
  type Event,
  type ScalarEvent,
} from 'js-yaml'
import { indexOf, type Places } from './places.ts'
import { plainValue, taggedValue } from './scalars.ts'
import { lineAndColumn, type TextFile } from './text-file.ts'
import { quoted } from './words.ts'

export const limits = { depth: 64, aliases: 100, aliasedCharacters: 1_000_000 }

export interface Composed {
  /** Never undefined. Mappings are plain objects without a key `__proto__`. */
  value: unknown
  /** Of each mapping and list in the value. What an alias repeats is one and the same object. */
  places: Map<object, Places>
  /** Offsets of values that are already known to be wrong: nothing more needs to be said of them. */
  broken: Set<number>
}

interface Node {
  value: unknown
  /** -1 where the text has nothing. */
  start: number
  /** Characters of the value with all that aliases repeat. */
  size: number
  /** Levels of nesting, aliases included. */
  height: number
}

class TooMuch extends Error {}

/**
 * Builds the value of a YAML document from its events, and remembers where everything stands. Uses the events up: there may
 * be many. Mistakes are told one by one; null where aliases make the document too large to be looked at any further.
 */
export function compose(
  file: TextFile,
  events: Event[],
  mistake: (offset: number, message: () => string) => void,
): Composed | null {
  const { text } = file
  const places = new Map<object, Places>()
  const broken = new Set<number>()
  const anchors = new Map<string, Node | 'open'>()
  events.reverse().pop()
  let aliases = 0
  let aliased = 0
  let lastEnd = 0

  function refuse(offset: number, message: string): never {
    mistake(offset, () => message)
    throw new TooMuch(message)
  }

  function node(depth: number): Node {
    const event = events.pop()
    if (!event) throw new Error('YAML events ended early')
    if (event.type === EVENT_ID.ALIAS) return alias(event, depth)
    if (
      event.type !== EVENT_ID.SCALAR &&
      event.type !== EVENT_ID.MAPPING &&
      event.type !== EVENT_ID.SEQUENCE
    ) {
      throw new Error(`unexpected YAML event ${event.type}`)
    }
    const anchor = event.anchorStart < 0 ? null : text.slice(event.anchorStart, event.anchorEnd)
    if (anchor !== null) anchors.set(anchor, 'open')
    const made =
      event.type === EVENT_ID.SCALAR
        ? scalar(event)
        : collection(event.start, event.type === EVENT_ID.MAPPING, depth, event.tagStart, event.tagEnd)
    if (anchor !== null) anchors.set(anchor, made)
    return made
  }

  function scalar(event: ScalarEvent): Node {
    const content = getScalarValue(text, event)
    const start = startOf(event)
    lastEnd = Math.max(event.valueEnd, event.tagEnd, event.anchorEnd, lastEnd)
    if (event.style === SCALAR_STYLE.DOUBLE_QUOTED && /\0|\p{Surrogate}/u.test(content)) {
      mistake(start, () => 'a NUL character or half of a surrogate pair is not allowed, even as an escape')
    }
    if (event.tagStart < 0) {
      const value = event.style === SCALAR_STYLE.PLAIN ? plainValue(content) : content
      return { value, start, size: content.length, height: 0 }
    }
    const value = taggedValue(text.slice(event.tagStart, event.tagEnd), content)
    if (value === undefined) {
      refuseTag(event.tagStart, event.tagEnd)
      broken.add(start)
    }
    return {
      value: value ?? content,
      start: start < 0 ? event.tagStart : start,
      size: content.length,
      height: 0,
    }
  }

  function collection(
    start: number,
    isMapping: boolean,
    depth: number,
    tagStart: number,
    tagEnd: number,
  ): Node {
    if (tagStart >= 0 && text.slice(tagStart, tagEnd) !== (isMapping ? '!!map' : '!!seq'))
      refuseTag(tagStart, tagEnd)
    const filled = isMapping ? mapping(start, depth) : list(start, depth)
    events.pop()
    return { ...filled, start }
  }

  function list(start: number, depth: number): Omit<Node, 'start'> {
    const items: unknown[] = []
    const offsets: number[] = []
    let size = 2
    let height = 0
    while (events.at(-1)?.type !== EVENT_ID.POP) {
      const item = node(depth + 1)
      items.push(item.value)
      offsets.push(item.start)
      size += item.size + 1
      height = Math.max(height, item.height)
    }
    // Copies, here and below, because an array that has grown holds room for more.
    const value = items.slice()
    places.set(value, { start, names: null, offsets: offsets.slice() })
    return { value, size, height: height + 1 }
  }

  function mapping(start: number, depth: number): Omit<Node, 'start'> {
    const value: Record<string, unknown> = {}
    const names: string[] = []
    const offsets: number[] = []
    let size = 2
    let height = 0
    while (events.at(-1)?.type !== EVENT_ID.POP) {
      const key = mappingKey(depth)
      const item = node(depth + 1)
      size += item.size + (key.name?.length ?? 0) + 2
      height = Math.max(height, item.height)
      if (key.name === null) continue
      if (Object.hasOwn(value, key.name)) {
        const { name } = key
        mistake(
          key.start,
          () =>
            `duplicate key ${quoted(name)}: it stands already at ${where(offsets[2 * indexOf(name, { names })] ?? start)}`,
        )
        continue
      }
      value[key.name] = item.value
      names.push(key.name)
      offsets.push(key.start, item.start)
    }
    places.set(value, { start, names: names.slice(), offsets: offsets.slice() })
    return { value, size, height: height + 1 }
  }

  /** Keys are texts as they are written, so that a name such as 1.0 stays what it is. Null for what is no key. */
  function mappingKey(depth: number): { name: string | null; start: number } {
    const event = events.at(-1)
    const { start } = event?.type === EVENT_ID.SCALAR ? { start: startOf(event) } : { start: -1 }
    const key = node(depth + 1)
    if (event?.type !== EVENT_ID.SCALAR) {
      mistake(key.start, () => 'expected a plain text as key')
      return { name: null, start: key.start }
    }
    const name = getScalarValue(text, event)
    const place = start < 0 ? lastEnd : start
    if (name === '__proto__') {
      mistake(place, () => 'unknown key "__proto__"')
      return { name: null, start: place }
    }
    return { name, start: place }
  }

  function alias(event: AliasEvent, depth: number): Node {
    const start = event.anchorStart - 1
    lastEnd = event.anchorEnd
    const name = text.slice(event.anchorStart, event.anchorEnd)
    if (++aliases > limits.aliases)
      refuse(start, `more than ${limits.aliases} aliases: repeat the text, or use "extends" for setups`)
    const target = anchors.get(name)
    if (target === undefined || target === 'open') {
      mistake(start, () =>
        target === 'open'
          ? `alias ${quoted(`*${name}`)} stands inside of what it repeats`
          : `unknown alias ${quoted(`*${name}`)}: no anchor of that name above`,
      )
      broken.add(start)
      return { value: null, start, size: 0, height: 0 }
    }
    aliased += target.size
    if (aliased > limits.aliasedCharacters) {
      refuse(start, `aliases repeat more than ${limits.aliasedCharacters.toLocaleString('en')} characters`)
    }
    if (depth + target.height > limits.depth)
      refuse(start, `nested more than ${limits.depth} levels deep by aliases`)
    return { ...target, start }
  }

  function refuseTag(start: number, end: number): void {
    mistake(start, () => `tag ${quoted(text.slice(start, end))} is not supported: write the value without it`)
  }

  /** Quotes and the sign of a block text count as part of it. */
  function startOf(event: ScalarEvent): number {
    if (event.valueStart < 0) return -1
    if (event.style === SCALAR_STYLE.PLAIN) return event.valueStart
    if (event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED)
      return event.valueStart - 1
    const header = text.lastIndexOf('\n', event.valueStart - 2) + 1
    const sign = text.slice(header, event.valueStart).search(/[|>][-+0-9]*[ \t]*(#.*)?\r?\n?$/)
    return sign < 0 ? event.valueStart : header + sign
  }

  function where(offset: number): string {
    const { line, column } = lineAndColumn(file, offset)
    return `line ${line}, column ${column}`
  }

  function startOfSecondDocument(): number {
    const separator = /^---(?=\s|$)/m.exec(text.slice(lastEnd))
    if (separator) return lastEnd + separator.index
    const first = events.at(-3)
    if (first && 'start' in first) return first.start
    return first && 'valueStart' in first ? startOf(first) : lastEnd
  }

  try {
    const { value } = node(1)
    if (events.length > 1) {
      mistake(startOfSecondDocument(), () => 'a second document begins here: expected one document')
    }
    return { value, places, broken }
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error
    return null
  }
}
