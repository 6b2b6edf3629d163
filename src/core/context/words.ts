/** What a UTF-16 unit is to a text: between words, part of a word, or a word by itself (scripts that have no spaces). */
const between = 0
const part = 1
const alone = 2
const kinds = new Uint8Array(0x1_0000).map((_, unit) => {
  if (unit < 0xc0) return /[0-9A-Za-z_]/.test(String.fromCharCode(unit)) ? part : between
  if (unit < 0x2000) return unit === 0xd7 || unit === 0xf7 ? between : part
  // Punctuation, arrows, boxes: what programs put before a line or around it.
  if (unit < 0x2e80) return between
  return alone
})

const backslash = 92
/** `n`, `r` and `t` after a backslash: a text that was quoted once more. */
const escaped = new Set([110, 114, 116])

/** A growing list of hashes that is used again, so that a long text costs no garbage. */
export interface Words {
  hashes: Int32Array
  count: number
}

export function noWords(): Words {
  return { hashes: new Int32Array(1024), count: 0 }
}

/**
 * Hashes of a text's words in order. Everything else is left out (white space, quotes, markup), so that a text has the same
 * words however it was indented, wrapped, quoted or escaped.
 */
export function hashWords(text: string, into: Words): void {
  let { hashes } = into
  let count = 0
  let hash = 0
  const push = (value: number): void => {
    if (count === hashes.length) {
      const larger = new Int32Array(count * 2)
      larger.set(hashes)
      hashes = larger
    }
    hashes[count++] = value
  }
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    const kind = kinds[unit]
    if (kind === part) {
      // FNV-1a; 0 stands for "no word has begun".
      hash = Math.imul((hash === 0 ? 0x811c9dc5 : hash) ^ unit, 0x01000193) || 1
      continue
    }
    if (hash !== 0) push(hash)
    hash = 0
    if (kind === alone) push(unit)
    else if (unit === backslash && escaped.has(text.charCodeAt(i + 1))) i++
  }
  if (hash !== 0) push(hash)
  into.hashes = hashes
  into.count = count
}

/** The words of a text as `hashWords` parts them. */
export function wordsOf(text: string): string[] {
  return text.match(/[0-9A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff]+|[\u2e80-\uffff]/g) ?? []
}
