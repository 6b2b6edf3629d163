import { exactTails } from './convolution.ts'
import { sampledTails } from './sampling.ts'
import type { Random } from './random.ts'

/** How a statistic stands in its distribution under "nothing changed": three chances that add up to 1. */
export interface Tails {
  above: number
  equal: number
  below: number
}

/** A one-sided p value, and Lancaster's mid-p, which counts only half of what is equal (Lancaster 1961, JASA 56). */
export interface PValue {
  p: number
  midP: number
}

/** One task's share of a statistic under "nothing changed": the values it can take and their chances. */
export type Share = readonly { value: number; chance: number }[]

export function upperTail({ above, equal }: Tails): PValue {
  return { p: above + equal, midP: above + equal / 2 }
}

export function lowerTail({ below, equal }: Tails): PValue {
  return { p: below + equal, midP: below + equal / 2 }
}

/**
 * Where the observed sum stands among the sums of independent shares. `unit` divides every value to a whole number. Exact
 * where that is affordable, else by random draws that are seeded from the shares: the same data give the same answer.
 */
export function tailsOfSum(shares: readonly Share[], observed: number, unit: number): Tails {
  return (
    exactTails(shares, observed, unit) ?? sampledTails(shares.map(drawer), observed, JSON.stringify(shares))
  )
}

/** Draws from a share by running down its chances. */
function drawer(share: Share): (random: Random) => number {
  return random => {
    let left = random()
    for (const { value, chance } of share) {
      left -= chance
      if (left < 0) return value
    }
    return share.at(-1)?.value ?? 0
  }
}
