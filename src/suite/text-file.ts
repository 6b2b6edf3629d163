/** A text that somebody wrote, with what is needed to say where in it something stands. */
export interface TextFile {
  /** Absolute. */
  path: string
  /** Relative to the current directory, for messages. */
  shown: string
  text: string
}

/** Why bytes cannot be read as text. The text goes up to the place, and may then be garbled. */
export interface Unreadable {
  problem: string
  text: string
  offset: number
}

const strict = new TextDecoder('utf-8', { fatal: true })
const lenient = new TextDecoder('utf-8')

/** What YAML allows in a file besides tab and line breaks is anything that can be printed. */
// oxlint-disable-next-line no-control-regex
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/

/** Turns the bytes of a file into text without its byte-order mark, or tells the first place that is no text. */
export function decode(bytes: Uint8Array): { text: string } | Unreadable {
  let text: string
  try {
    text = strict.decode(bytes)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return invalidUtf8(bytes)
  }
  const offset = text.search(unprintable)
  if (offset < 0) return { text }
  const code = text.charCodeAt(offset)
  const name =
    code === 0
      ? 'a NUL character'
      : `the control character U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  return {
    problem: `${name} is not allowed in YAML: remove it, or write it as an escape in double quotes`,
    text,
    offset,
  }
}

/** Line and column of an offset, both from 1. Columns count UTF-16 units, as editors do. */
export function lineAndColumn(file: { text: string }, offset: number): { line: number; column: number } {
  const starts = lineStarts(file)
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
}

const knownStarts = new WeakMap<{ text: string }, number[]>()

function lineStarts(file: { text: string }): number[] {
  let starts = knownStarts.get(file)
  if (!starts) {
    starts = [0]
    for (const match of file.text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length)
    knownStarts.set(file, starts)
  }
  return starts
}

/** The first bad byte stands where the text, turned back into bytes, differs for the first time. */
function invalidUtf8(bytes: Uint8Array): Unreadable {
  const text = lenient.decode(bytes)
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  const original = hasMark ? bytes.subarray(3) : bytes
  const again = Buffer.from(text)
  let at = 0
  while (at < original.length && original[at] === again[at]) at++
  // A replacement mark begins like some other characters: go back to where this one starts.
  while (at > 0 && ((again[at] ?? 0) & 0xc0) === 0x80) at--
  const bad = original[at]
  const hint =
    (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
      ? ' (this looks like UTF-16)'
      : ''
  const byte = bad === undefined ? 'the end' : `byte 0x${bad.toString(16).padStart(2, '0')}`
  return {
    problem: `not valid UTF-8 from ${byte} on: save the file as UTF-8${hint}`,
    text,
    offset: again.subarray(0, at).toString().length,
  }
}
