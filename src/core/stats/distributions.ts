import { bisect, incompleteBeta } from './special.ts'

/** 0.95 quantile of the standard normal: every likely range has 5 % on either side, as the gate is one-sided at 5 %. */
export const z95 = 1.6448536269514722

/**
 * P(Z <= x) for a standard normal Z. Relative error below 1e-13 in the lower tail.
 * Near 0 by the series of Marsaglia 2004 (J. Stat. Software 11/4), in the tails by Laplace's continued fraction (DLMF 7.9.1).
 */
export function normalCdf(x: number): number {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
  if (Math.abs(x) < 3) return 0.5 + density * oddSeries(x)
  let fraction = Math.abs(x)
  for (let depth = 120; depth >= 1; depth--) fraction = Math.abs(x) + depth / fraction
  const tail = density / fraction
  return x < 0 ? tail : 1 - tail
}

/** x + x³/3 + x⁵/(3·5) + x⁷/(3·5·7) + … */
function oddSeries(x: number): number {
  let term = x
  let sum = x
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= (x * x) / odd
    sum += term
  }
  return sum
}

/** The x with P(Z <= x) = p for a standard normal Z, 0 < p < 1. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p)
  return bisect(normalCdf, p, -40, 0)
}

/** P(T <= t) for Student's t with `df` > 0 degrees of freedom, by the incomplete beta function (DLMF 8.17). */
export function studentCdf(t: number, df: number): number {
  const tail = incompleteBeta(df / (df + t * t), df / 2, 0.5) / 2
  return t < 0 ? tail : 1 - tail
}

/** The t with P(T <= t) = p for Student's t with `df` > 0 degrees of freedom, 0 < p < 1. */
export function studentQuantile(p: number, df: number): number {
  if (p > 0.5) return -studentQuantile(1 - p, df)
  let low = -1
  while (studentCdf(low, df) > p) low *= 2
  return bisect(t => studentCdf(t, df), p, low, 0)
}
