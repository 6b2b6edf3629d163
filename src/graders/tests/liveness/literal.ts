/** A piece of a text that is replaced: from the first letter to behind the last. */
export interface Edit {
  from: number
  to: number
  text: string
}

export type Language = 'javascript' | 'python'

const token =
  /\s+|'(?<single>[^'\\\n]*)'|"(?<double>[^"\\\n]*)"|(?<number>-?\d{1,15}(?:\.\d{1,15})?)(?![\w.])|(?<word>[A-Za-z_$][\w$]*)|(?<mark>[[\]{}(),:])/gy
const otherWord: Record<Language, ReadonlyMap<string, string>> = {
  javascript: new Map([
    ['true', 'false'],
    ['false', 'true'],
    ['null', '1'],
    ['undefined', '1'],
  ]),
  python: new Map([
    ['True', 'False'],
    ['False', 'True'],
    ['None', '1'],
  ]),
}

/**
 * The edit that makes another value of a text that is nothing but a literal: a number, a text, a truth value, nothing, or a
 * list or object of these, of which one changes. What equals the one cannot equal the other. Null for any other text.
 */
export function otherLiteral(text: string, language: Language): Edit | null {
  const values: Edit[] = []
  let last = ''
  token.lastIndex = 0
  while (token.lastIndex < text.length) {
    const from = token.lastIndex
    const found = token.exec(text)
    if (!found) return null
    const { mark, word } = found.groups ?? {}
    if (found[0].trim() === '') continue
    if (mark !== undefined) {
      // `[1](2)` and `{}[0]` are no literals, and a key is no value.
      if ('[{('.includes(mark) && !startsValue(last)) return null
      if (mark === ':' && last === 'value') values.pop()
      last = mark
      continue
    }
    if (!startsValue(last)) return null
    const isKey = /^\s*:/.test(text.slice(token.lastIndex))
    const other = otherValue(found, language)
    if (other === null && !(word !== undefined && isKey && language === 'javascript')) return null
    if (other !== null) values.push({ from, to: token.lastIndex, text: other })
    last = other === null ? 'name' : 'value'
  }
  return values.at(-1) ?? null
}

const startsValue = (last: string): boolean => last === '' || '[{(,:'.includes(last)

function otherValue({ groups = {} }: RegExpExecArray, language: Language): string | null {
  const { single, double, number, word } = groups
  if (number !== undefined) return String(Number(number) + 1)
  if (single !== undefined) return `'${otherText(single)}'`
  if (double !== undefined) return `"${otherText(double)}"`
  return otherWord[language].get(word ?? '') ?? null
}

/** The last letter or digit becomes its neighbour, so that it looks like any other text. */
function otherText(text: string): string {
  const at = /[a-zA-Z0-9](?=[^a-zA-Z0-9]*$)/.exec(text)?.index
  if (at === undefined) return `${text}a`
  const letter = text[at] ?? ''
  const step = 'zZ9'.includes(letter) ? -1 : 1
  return text.slice(0, at) + String.fromCharCode(letter.charCodeAt(0) + step) + text.slice(at + 1)
}
