import { phraseFinder } from './phrase-finder.ts'
import { wordsOf } from './words.ts'

/** So many lines tell whether a text arrived, and whether all of it did. */
const mostLines = 8
/** A longer line is known by its beginning. */
const mostWords = 24

/**
 * Lines by which a text is known, spread over all of it: each so long that it is not written by chance. Short ones are taken
 * only where there are no others. None for a text that says next to nothing.
 */
export function tellingLines(text: string): string[] {
  const lines = [...new Set(text.split('\n').map(line => wordsOf(line).slice(0, mostWords).join(' ')))]
  const long = lines.filter(isLong)
  return long.length > 0 ? long : lines.filter(isShort)
}

function isLong(line: string): boolean {
  const words = line.split(' ')
  return (words.length >= 4 && line.length >= 20) || words.some(isNonce)
}

function isShort(line: string): boolean {
  return line.includes(' ') && line.length >= 10
}

/** Letters and digits mixed, and long: nobody writes it twice. */
function isNonce(word: string): boolean {
  return word.length >= 8 && /\d/.test(word) && /[A-Za-z]/.test(word)
}

/** Those phrases that stand in none of the texts. */
export function notIn(phrases: readonly string[], texts: readonly string[]): string[] {
  const found = new Set<number>()
  const finder = phraseFinder(phrases)
  for (const text of texts) finder.find(text, index => found.add(index))
  return phrases.filter((_, index) => !found.has(index))
}

/** At most eight lines from all parts of a text, the longest of each part. */
export function spread(lines: readonly string[]): string[] {
  if (lines.length <= mostLines) return [...lines]
  return Array.from({ length: mostLines }, (_, i) => {
    const from = Math.floor((i * lines.length) / mostLines)
    const to = Math.floor(((i + 1) * lines.length) / mostLines)
    return lines.slice(from, to).reduce((best, line) => (line.length > best.length ? line : best))
  })
}
