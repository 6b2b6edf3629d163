import { studentQuantile } from './distributions.ts'
import { mean, sum } from './pair.ts'

/** Values of one task's trials: dollars, tokens or milliseconds. */
export interface ValuePair {
  base: readonly number[]
  candidate: readonly number[]
}

/** Candidate over base, with 5 % one-sided bounds on either side; null bounds where nothing is known of the spread. */
export interface LikelyRatio {
  value: number
  lo: number | null
  hi: number | null
  /** Values used, of both sides. */
  n: number
}

/**
 * By which factor something positive grew, for these tasks: mean over tasks of the difference of mean logarithms, with
 * Student's t on the variance pooled within tasks and sides (a two-way layout without interaction in the logarithm, Snedecor
 * and Cochran 1989, chapter 12). A task counts where both sides have values and all are above 0; null if there is none.
 */
export function logRatio(tasks: readonly ValuePair[]): LikelyRatio | null {
  const usable = tasks.filter(
    ({ base, candidate }) =>
      base.length > 0 && candidate.length > 0 && [...base, ...candidate].every(value => value > 0),
  )
  if (usable.length === 0) return null
  const groups = usable.flatMap(({ base, candidate }) => [logs(base), logs(candidate)])
  const differences = usable.map(({ base, candidate }) => mean(logs(candidate)) - mean(logs(base)))
  const value = mean(differences)
  const n = sum(groups.map(group => group.length))
  const degrees = n - groups.length
  if (degrees === 0) return { value: Math.exp(value), lo: null, hi: null, n }

  const pooled = sum(groups.map(squaresAroundMean)) / degrees
  const error = Math.sqrt(pooled * sum(groups.map(group => 1 / group.length))) / usable.length
  const half = studentQuantile(0.95, degrees) * error
  return { value: Math.exp(value), lo: Math.exp(value - half), hi: Math.exp(value + half), n }
}

/** In rising order, so that the last bit of a sum does not depend on the order of the trials. */
function logs(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b).map(Math.log)
}

function squaresAroundMean(values: readonly number[]): number {
  const centre = mean(values)
  return sum(values.map(value => (value - centre) ** 2))
}
