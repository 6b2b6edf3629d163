/**
 * A generator of pseudo-random numbers in [0,1): the same seed gives the same numbers on every machine. Not for secrets.
 * It is "mulberry32" by Tommy Ettinger (public domain): a counter with an odd step, and a hash of it.
 */
export function seededRandom(seed: number): () => number {
  // Seeds may be larger than 32 bits; both halves count.
  let state = (seed ^ Math.imul(Math.floor(seed / 2 ** 32), 0x9e3779b1)) | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
