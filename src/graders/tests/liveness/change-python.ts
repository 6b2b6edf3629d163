import type { Change } from './change-javascript.ts'
import { otherLiteral, type Edit } from './literal.ts'
import { argumentsOf, closing, type Place } from './mask.ts'

const equalities =
  /^(?:(?:MultiLine|List|Tuple|Set|Dict|Sequence|Count|Almost)?Equal|Is|Greater|Less|GreaterEqual|LessEqual)$/
const opposites = new Map([
  ['NotEqual', 'Equal'],
  ['NotAlmostEqual', 'AlmostEqual'],
  ['NotIn', 'In'],
  ['IsNot', 'Is'],
  ['IsNotNone', 'IsNone'],
  ['IsInstance', 'NotIsInstance'],
  ['NotIsInstance', 'IsInstance'],
])
/** Errors that no code raises on purpose. */
const otherErrors = ['BufferError', 'StopAsyncIteration']

/** The same as for JavaScript, for the statement that starts at `at`. An error that is waited for becomes another one. */
export function changePython(text: string, masked: string, at: number): Change | null {
  const code = masked.slice(at)
  const method = /^(?:with\s+)?self\.assert(\w+)\s*\(/.exec(code)
  const call = method ?? /^with\s+pytest\.raises\s*\(/.exec(code)
  if (!call) return changeAssert(text, masked, at)
  const open = at + call[0].length - 1
  const [first, second] = argumentsOf(masked, open, closing(masked, open))
  if (!first || text[first.from] === '*') return null
  const name = method?.[1] ?? 'Raises'
  if (/^Raises(Regex)?$/.test(name)) {
    const was = text.slice(first.from, first.to)
    const error = otherErrors.find(other => other !== was) ?? ''
    return /^[\w.]+$/.test(was) ? otherwise([{ ...first, text: error }]) : null
  }
  if (name === 'True' || name === 'False') return otherwise(within('not (', first, ')'))
  if (/^(In|IsNone|Regex|NotRegex)$/.test(name)) return otherwise(within('{"is": ', first, '}'))
  if (equalities.test(name) && second && !/^\w+\s*=|^\*/.test(text.slice(second.from))) {
    const value = name.endsWith('Equal') ? [second, first].flatMap(place => other(text, place)) : []
    const isPlain = !/^(Almost|Greater|Less)/.test(name) && value[0]
    return isPlain ? { edits: [isPlain], isValue: true } : otherwise(within('{"is": ', second, '}'))
  }
  const opposite = opposites.get(name)
  const from = at + code.indexOf('assert') + 'assert'.length
  return opposite === undefined ? null : otherwise([{ from, to: from + name.length, text: opposite }])
}

/** `assert CONDITION, MESSAGE`. */
function changeAssert(text: string, masked: string, at: number): Change | null {
  const from = at + (/^assert\s*/.exec(masked.slice(at))?.[0].length ?? 0)
  const to =
    from +
    (outermost(masked.slice(from))
      .match(/^[^,;\n]*/)?.[0]
      .trimEnd().length ?? 0)
  if (to === from) return null
  const outer = outermost(masked.slice(from, to))
  const equals = outer.indexOf('==')
  // A comparison that is the condition alone.
  const isAlone =
    equals !== -1 &&
    !/[<>!=]=|[<>]|:=|\b(and|or|not|in|is|if|else|lambda|await|yield)\b/.test(outer.replace('==', '  '))
  if (!isAlone) return otherwise(within('not (', { from, to }, ')'))
  const sides = [
    trimmed(masked, { from: from + equals + 2, to }),
    trimmed(masked, { from, to: from + equals }),
  ]
  const [value] = sides.flatMap(place => other(text, place))
  const [right] = sides
  if (value) return { edits: [value], isValue: true }
  return right ? otherwise(within('{"is": ', right, '}')) : null
}

/** The text with what stands within brackets replaced by letters that mean nothing, brackets included. */
function outermost(masked: string): string {
  let depth = 0
  return [...masked]
    .map(letter => {
      if ('([{'.includes(letter)) depth += 1
      const shown = depth === 0 ? letter : '_'
      if (')]}'.includes(letter)) depth -= 1
      return shown
    })
    .join('')
}

function trimmed(masked: string, { from, to }: Place): Place {
  const part = masked.slice(from, to)
  const start = from + part.length - part.trimStart().length
  return { from: start, to: start + part.trim().length }
}

function other(text: string, { from, to }: Place): Edit[] {
  const edit = otherLiteral(text.slice(from, to), 'python')
  return edit ? [{ from: from + edit.from, to: from + edit.to, text: edit.text }] : []
}

function within(before: string, { from, to }: Place, behind: string): Edit[] {
  return [
    { from, to: from, text: before },
    { from: to, to, text: behind },
  ]
}

const otherwise = (edits: Edit[]): Change => ({ edits, isValue: false })
