/** Graded trials of one task on one side, and how many of them passed. */
export interface Counts {
  passed: number
  graded: number
}

/** One task on both sides. The statistics want at least one graded trial on each. */
export interface Pair {
  base: Counts
  candidate: Counts
}

/** Pass rate in [0,1]; `graded` must not be 0. */
export function rateOf({ passed, graded }: Counts): number {
  return passed / graded
}

/** Mean of at least one number. */
export function mean(values: readonly number[]): number {
  return sum(values) / values.length
}

/** Sum of numbers; 0 for none. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** The same pairs in an order of their own, so that the last bit of a sum does not depend on how they came. */
export function inFixedOrder(pairs: readonly Pair[]): Pair[] {
  const first = (differences: number[]): number => differences.find(difference => difference !== 0) ?? 0
  return pairs.toSorted(({ base: a, candidate: c }, { base: b, candidate: d }) =>
    first([a.graded - b.graded, a.passed - b.passed, c.graded - d.graded, c.passed - d.passed]),
  )
}
