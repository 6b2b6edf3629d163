/** Searches for many byte strings at once. */
export interface ByteFinder {
  /** Length of the longest pattern; 0 if there is none. */
  longest: number
  /**
   * Visits, in order, each place before `limit` at which a pattern starts and fits, with the longest pattern that does.
   * Places may overlap.
   */
  find(data: Uint8Array, limit: number, visit: (start: number, pattern: number) => void): void
}

/**
 * Prepares a search in one pass, whatever the number of patterns. The two bytes at the end of a window as long as the
 * shortest pattern tell how far the window can move on without missing a pattern (the shift table of Wu and Manber 1994):
 * most bytes are never looked at. Every pattern must have at least 2 bytes.
 */
export function byteFinder(patterns: readonly Uint8Array[]): ByteFinder {
  if (patterns.length === 0) return { longest: 0, find: () => undefined }
  const shortest = Math.min(...patterns.map(pattern => pattern.length))
  if (shortest < 2) throw new RangeError('a pattern needs at least 2 bytes')

  const farthest = shortest - 1
  const shifts = new Uint32Array(65536).fill(farthest)
  const candidates = new Map<number, number[]>()
  const order = patterns.map((_, index) => index).toSorted((a, b) => sizeOf(b) - sizeOf(a))
  for (const index of order) {
    const pattern = patterns[index] as Uint8Array
    for (let at = 1; at < shortest; at++) {
      const block = blockAt(pattern, at)
      const shift = farthest - at
      shifts[block] = Math.min(shifts[block] as number, shift)
      if (shift === 0) candidates.set(block, [...(candidates.get(block) ?? []), index])
    }
  }

  function sizeOf(index: number): number {
    return (patterns[index] as Uint8Array).length
  }

  return {
    longest: Math.max(...patterns.map(pattern => pattern.length)),
    find(data, limit, visit) {
      const end = Math.min(data.length, limit + farthest)
      let at = farthest
      while (at < end) {
        const block = blockAt(data, at)
        const shift = shifts[block] as number
        if (shift === 0) {
          const start = at - farthest
          const found = candidates
            .get(block)
            ?.find(index => holds(patterns[index] as Uint8Array, data, start))
          if (found !== undefined) visit(start, found)
        }
        at += shift || 1
      }
    },
  }
}

function blockAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at - 1] as number) << 8) | (bytes[at] as number)
}

function holds(pattern: Uint8Array, data: Uint8Array, start: number): boolean {
  if (start + pattern.length > data.length) return false
  for (let at = 0; at < pattern.length; at++) if (pattern[at] !== data[start + at]) return false
  return true
}
