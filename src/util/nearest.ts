/** Of more names only the first ones are looked at. */
const mostNames = 5000

/**
 * The known name that a mistyped one most likely stands for; null if none comes near. Case and the marks between words do
 * not count, so `max_cost_usd` finds `maxCostUsd`. A name of two or
 * more letters may differ by a third of them, but at least by one.
 */
export function nearest(name: string, known: Iterable<string>): string | null {
  const wanted = bare(name)
  if (wanted === '' || wanted.length > 80) return null
  let best: string | null = null
  let limit = wanted.length === 1 ? 0 : Math.max(1, Math.floor(wanted.length / 3))
  let looked = 0
  for (const candidate of known) {
    if (++looked > mostNames) break
    const distance = editDistance(wanted, bare(candidate), limit)
    if (distance > limit || (best !== null && distance === limit)) continue
    best = candidate
    limit = distance
  }
  return best
}

/** The end of a message about an unknown name: the nearest known one, or else all of them if they are few. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const names = [...known]
  const near = nearest(name, names)
  if (near !== null) return ` (did you mean "${near}"?)`
  return names.length > 0 && names.length <= 20 ? ` (known: ${names.toSorted().join(', ')})` : ''
}

/**
 * How many letters must be put in, left out, changed or swapped with their neighbour to make one text the other (optimal
 * string alignment). Any number above `limit` means only that: more than the limit.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      current[column] = Math.min(
        cell(last, column) + 1,
        cell(current, column - 1) + 1,
        cell(last, column - 1) + (same ? 0 : 1),
        swapped ? cell(beforeLast, column - 2) + 1 : Infinity,
      )
    }
    if (Math.min(...current) > limit) return limit + 1
    beforeLast = last
    last = current
  }
  return cell(last, b.length)
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Infinity
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.\s]/g, '')
}
