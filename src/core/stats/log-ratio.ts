import { studentCdf, studentQuantile } from './distributions.ts'
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

/** A mean difference of logarithms with its standard error; null error where nothing is known of the spread. */
interface LogDifference {
  value: number
  error: number | null
  degrees: number
  n: number
}

/**
 * By which factor something positive grew, for these tasks: mean over tasks of the difference of mean logarithms, with
 * Student's t on the variance pooled within tasks and sides (a two-way layout without interaction in the logarithm, Snedecor
 * and Cochran 1989, chapter 12). A task counts where both sides have values and all are above 0; null if there is none.
 */
export function logRatio(tasks: readonly ValuePair[]): LikelyRatio | null {
  const difference = logDifference(tasks)
  if (!difference) return null
  const { value, error, degrees, n } = difference
  if (error === null) return { value: Math.exp(value), lo: null, hi: null, n }
  const half = studentQuantile(0.95, degrees) * error
  return { value: Math.exp(value), lo: Math.exp(value - half), hi: Math.exp(value + half), n }
}

/**
 * One-sided p values of "the ratio is `limit`" against lower and higher ones, by the t of `logRatio`. `lower` at most 5 % with
 * a limit of 1.2 shows that the candidate costs less than 20 % more (a non-inferiority test); with a limit of 0.8, that it is
 * at least 20 % cheaper; `higher` at most 5 % with a limit of 1, that it costs more. Null where nothing is known of the spread.
 */
export function ratioTest(
  tasks: readonly ValuePair[],
  limit: number,
): { lower: number; higher: number } | null {
  const difference = logDifference(tasks)
  if (!difference || difference.error === null) return null
  const { value, error, degrees } = difference
  const away = value - Math.log(limit)
  if (error === 0) return { lower: Number(away >= 0), higher: Number(away <= 0) }
  return { lower: studentCdf(away / error, degrees), higher: studentCdf(-away / error, degrees) }
}

function logDifference(tasks: readonly ValuePair[]): LogDifference | null {
  const usable = tasks
    .filter(({ base, candidate }) => base.length > 0 && candidate.length > 0)
    .filter(({ base, candidate }) => [...base, ...candidate].every(value => value > 0))
    .map(({ base, candidate }) => ({ base: logs(base), candidate: logs(candidate) }))
  if (usable.length === 0) return null
  const groups = usable.flatMap(({ base, candidate }) => [base, candidate])
  const value = mean(usable.map(({ base, candidate }) => mean(candidate) - mean(base)))
  const n = sum(groups.map(group => group.length))
  const degrees = n - groups.length
  if (degrees === 0) return { value, error: null, degrees, n }
  const pooled = sum(groups.map(squaresAroundMean)) / degrees
  const error = Math.sqrt(pooled * sum(groups.map(group => 1 / group.length))) / usable.length
  return { value, error, degrees, n }
}

/** In rising order, so that the last bit of a sum does not depend on the order of the trials. */
function logs(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b).map(Math.log)
}

function squaresAroundMean(values: readonly number[]): number {
  const centre = mean(values)
  return sum(values.map(value => (value - centre) ** 2))
}
