import { sum } from './pair.ts'

/**
 * Agreement of two raters beyond chance on the same items: 1 = always, 0 = as by chance (Cohen 1960, Educational and
 * Psychological Measurement 20). Null without items, or where both always say the same one thing.
 */
export function cohenKappa(ratings: readonly (readonly [string, string])[]): number | null {
  const n = ratings.length
  const share = (holds: (rating: readonly [string, string]) => boolean): number =>
    ratings.filter(holds).length / n
  const categories = [...new Set(ratings.flat())].toSorted()
  const observed = share(([a, b]) => a === b)
  const byChance = sum(categories.map(c => share(([a]) => a === c) * share(([, b]) => b === c)))
  return n === 0 || byChance >= 1 ? null : (observed - byChance) / (1 - byChance)
}

/** How far two values are apart: `nominal` all alike, `ordinal` by the ranks between them, `interval` by their difference. */
export type Scale = 'nominal' | 'ordinal' | 'interval'

/**
 * Agreement of any number of raters, with gaps (null): Krippendorff's alpha, 1 = always, 0 = as by chance (Krippendorff 2011,
 * Computing Krippendorff's Alpha-Reliability). One row an item, one column a rater. Null where nothing varies or no item was
 * rated twice.
 */
export function krippendorffAlpha(
  items: readonly (readonly (number | null)[])[],
  scale: Scale,
): number | null {
  const units = items.map(item => item.filter(value => value !== null)).filter(values => values.length > 1)
  const values = [...new Set(units.flat())].toSorted((a, b) => a - b)
  const totals = values.map(value => units.flat().filter(other => other === value).length)
  const n = sum(totals)
  const distance = distances(values, totals, scale)
  const place = new Map(values.map((value, i) => [value, i]))
  const between = (a: number, b: number): number => distance[place.get(a) ?? 0]?.[place.get(b) ?? 0] ?? 0

  const observed = sum(
    units.map(unit => sum(unit.flatMap(a => unit.map(b => between(a, b)))) / (unit.length - 1)),
  )
  const expected = sum(
    values.flatMap((a, i) => values.map((b, j) => (totals[i] ?? 0) * (totals[j] ?? 0) * between(a, b))),
  )
  return expected === 0 ? null : 1 - ((n - 1) * observed) / expected
}

/** Squared distance of each value to each. */
function distances(values: readonly number[], totals: readonly number[], scale: Scale): number[][] {
  return values.map((a, i) =>
    values.map((b, j) => {
      if (i === j) return 0
      if (scale === 'nominal') return 1
      if (scale === 'interval') return (a - b) ** 2
      const [from, to] = [Math.min(i, j), Math.max(i, j)]
      return (sum(totals.slice(from, to + 1)) - ((totals[i] ?? 0) + (totals[j] ?? 0)) / 2) ** 2
    }),
  )
}
