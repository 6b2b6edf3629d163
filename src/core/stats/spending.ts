import { normalCdf, normalQuantile } from './distributions.ts'
import { after, crossing, densityAt, start, type SequentialDensity } from './group-sequential.ts'

/** Error that may have been spent when this fraction (0,1] of the information is there; rises to the whole of it at 1. */
export type Spending = (fraction: number) => number

/** `error`·fraction^rho (Kim and DeMets 1987, Biometrika 74): the higher rho, the less is spent early. */
export function kimDeMets(error: number, rho: number): Spending {
  return fraction => error * fraction ** rho
}

/** Near to Pocock's equal bounds: error·ln(1 + (e-1)·fraction) (Lan and DeMets 1983, Biometrika 70). */
export function pocockLike(error: number): Spending {
  return fraction => error * Math.log(1 + (Math.E - 1) * fraction)
}

/** Near to O'Brien and Fleming's bounds, very strict early on (Lan and DeMets 1983, Biometrika 70; one-sided). */
export function obrienFlemingLike(error: number): Spending {
  const edge = normalQuantile(1 - error / 2)
  return fraction => 2 * normalCdf(-edge / Math.sqrt(fraction))
}

/**
 * The bounds that a one-sided z value must reach at each look, so that by each look no more error is spent than allowed. The
 * information fractions rise to 1. By the recursion of Armitage, McPherson and Rowe 1969 (JRSS A 132) over the canonical joint
 * distribution of sequential z values (Jennison and Turnbull 2000, Group Sequential Methods, chapters 3 and 7).
 */
export function spendingBounds(fractions: readonly number[], spending: Spending): number[] {
  let density = start
  let spent = 0
  let before = 0
  const bounds: number[] = []
  for (const fraction of fractions) {
    const toSpend = spending(fraction) - spent
    const step = fraction - before
    const bound = solve(density, fraction, step, toSpend, bounds.at(-1) ?? normalQuantile(1 - toSpend))
    bounds.push(bound)
    density = after(density, { fraction, step, lowest: -Infinity, highest: bound })
    spent += toSpend
    before = fraction
  }
  return bounds
}

/** Newton's method on the logarithm of the chance to cross, which is nearly a parabola in the bound. */
function solve(
  density: SequentialDensity,
  fraction: number,
  step: number,
  chance: number,
  guess: number,
): number {
  let bound = guess
  for (let round = 0; round < 100; round++) {
    const reached = crossing(density, { fraction, step, bound })
    const slope = densityAt(density, { fraction, step, at: bound })
    // So far out nothing is left to be seen.
    const change = reached > 0 && slope > 0 ? (Math.log(reached / chance) * reached) / slope : -0.1
    bound += Math.max(-1, Math.min(1, change))
    if (Math.abs(change) < 1e-10) break
  }
  return bound
}
