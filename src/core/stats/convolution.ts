import { gcd } from './divisors.ts'
import { sum } from './pair.ts'
import type { Share, Tails } from './tails.ts'

/** Multiplications that an exact distribution may cost: about a tenth of a second. */
const affordable = 4e7

/** A share on a grid of whole numbers: how far each value lies above the lowest, with its chance. */
interface GridShare {
  lowest: number
  width: number
  steps: readonly { by: number; chance: number }[]
}

/**
 * The exact distribution of a sum of independent shares, by convolution on the grid of `unit`, and where the observed sum
 * stands in it. Null where that would cost too much.
 */
export function exactTails(shares: readonly Share[], observed: number, unit: number): Tails | null {
  const grid = shares.map(share => toGrid(share, unit))
  const stride = grid.flatMap(({ steps }) => steps).reduce((divisor, { by }) => gcd(divisor, by), 0)
  if (stride === 0) return { above: 0, equal: 1, below: 0 }
  if (!(costOf(grid, stride) <= affordable)) return null

  const chances = grid.reduce((before, share) => convolve(before, share, stride), Float64Array.of(1))
  const place = Math.round((Math.round(observed / unit) - sum(grid.map(({ lowest }) => lowest))) / stride)
  // Each tail is added from its thin end, so that a small p value keeps its digits.
  return {
    above: chances.subarray(place + 1).reduceRight((total, chance) => total + chance, 0),
    equal: chances[place] ?? 0,
    below: chances.subarray(0, place).reduce((total, chance) => total + chance, 0),
  }
}

function toGrid(share: Share, unit: number): GridShare {
  const places = share.map(({ value, chance }) => ({ at: Math.round(value / unit), chance }))
  const lowest = Math.min(...places.map(({ at }) => at))
  const steps = places.map(({ at, chance }) => ({ by: at - lowest, chance }))
  return { lowest, width: Math.max(...steps.map(({ by }) => by)), steps }
}

function costOf(grid: readonly GridShare[], stride: number): number {
  let size = 1
  let cost = 0
  for (const { width, steps } of grid) {
    cost += size * steps.length
    size += width / stride
  }
  return cost
}

function convolve(
  before: Float64Array<ArrayBuffer>,
  share: GridShare,
  stride: number,
): Float64Array<ArrayBuffer> {
  const after = new Float64Array(before.length + share.width / stride)
  for (const { by, chance } of share.steps) {
    const shift = by / stride
    for (let i = 0; i < before.length; i++)
      after[i + shift] = (after[i + shift] ?? 0) + chance * (before[i] ?? 0)
  }
  return after
}
