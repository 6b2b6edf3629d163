import { hashWords, noWords, wordsOf } from './words.ts'

/** Finds phrases in texts by their words alone, in one pass over a text, however many phrases there are. */
export interface PhraseFinder {
  /** Calls back with the index of each phrase that stands in a text; more than once if it stands there more than once. */
  find(text: string, onHit: (index: number) => void): void
}

interface Anchored {
  index: number
  /** Place of the anchor within the phrase. */
  offset: number
  hashes: Int32Array
}

const filterSize = 1 << 14

/** A phrase is looked for where its longest word stands: the rarest, as a rule. Phrases without a word are never found. */
export function phraseFinder(phrases: readonly string[]): PhraseFinder {
  const words = noWords()
  const anchors = new Map<number, Anchored[]>()
  // Nearly all words of a text are told to be no anchor by one look.
  const filter = new Uint8Array(filterSize)
  phrases.forEach((phrase, index) => {
    hashWords(phrase, words)
    if (words.count === 0) return
    const hashes = words.hashes.slice(0, words.count)
    const offset = longestOf(wordsOf(phrase))
    const anchor = hashes[offset] ?? 0
    anchors.set(anchor, [...(anchors.get(anchor) ?? []), { index, offset, hashes }])
    filter[anchor & (filterSize - 1)] = 1
  })

  return {
    find(text, onHit) {
      if (anchors.size === 0) return
      hashWords(text, words)
      const { hashes, count } = words
      for (let i = 0; i < count; i++) {
        const hash = hashes[i] ?? 0
        if (filter[hash & (filterSize - 1)] === 0) continue
        for (const { index, offset, hashes: wanted } of anchors.get(hash) ?? []) {
          if (standsAt(i - offset, wanted, hashes, count)) onHit(index)
        }
      }
    },
  }
}

function standsAt(from: number, wanted: Int32Array, hashes: Int32Array, count: number): boolean {
  if (from < 0 || from + wanted.length > count) return false
  return wanted.every((hash, i) => hashes[from + i] === hash)
}

function longestOf(words: readonly string[]): number {
  return words.reduce((best, word, i) => (word.length > (words[best]?.length ?? 0) ? i : best), 0)
}
