import { sha256 } from '../../util/json.ts'

/** Uniform numbers in [0,1). */
export type Random = () => number

/** xoshiro128** (Blackman and Vigna 2018, ACM TOMS 47/4) from four 32-bit words that are not all 0. Gives 32-bit words. */
export function xoshiro128(words: readonly [number, number, number, number]): () => number {
  let [a, b, c, d] = words
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotateLeft(d, 11)
    return result
  }
}

/** The same text gives the same numbers. */
export function randomFrom(text: string): Random {
  const digest = sha256(text)
  const word = (i: number): number => Number.parseInt(digest.slice(8 * i, 8 * i + 8), 16)
  const next = xoshiro128([word(0), word(1), word(2), word(3)])
  return () => next() / 2 ** 32
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
