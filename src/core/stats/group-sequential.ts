import { normalCdf } from './distributions.ts'

/**
 * How the score S = z·√fraction is spread over all studies that have not been stopped yet: nodes, each with its share of the
 * probability. Between looks the score moves like a Brownian motion with the drift of the true effect.
 */
export interface SequentialDensity {
  nodes: Float64Array
  shares: Float64Array
}

/** Before the first look: nothing is known, the score is 0. */
export const start: SequentialDensity = { nodes: Float64Array.of(0), shares: Float64Array.of(1) }

/** A look: its information fraction, and how much of it has come since the look before. */
interface Look {
  fraction: number
  step: number
  /** Mean of z at fraction 1; 0 under "nothing changed". */
  drift?: number
}

/** Nodes for each standard deviation of what is added by one look: bounds are then exact to five digits. */
const nodesPerDeviation = 4

/** Beyond so many standard deviations a study does not come: less than one in 10^10. */
const far = 6.5

/** One look does not add more than so many standard deviations of its own. */
const nothing = 8.5

/** Chance that a study that still goes on has a z value of `bound` or more at this look. */
export function crossing(
  { nodes, shares }: SequentialDensity,
  { fraction, step, drift = 0, bound }: Look & { bound: number },
): number {
  const edge = bound * Math.sqrt(fraction) - drift * step
  const deviation = Math.sqrt(step)
  let chance = 0
  for (let i = 0; i < nodes.length; i++) {
    const away = ((nodes[i] ?? 0) - edge) / deviation
    if (away > -nothing) chance += (shares[i] ?? 0) * (away > nothing ? 1 : normalCdf(away))
  }
  return chance
}

/** Density of the z value at this look, among all studies, of those that still go on. */
export function densityAt(
  { nodes, shares }: SequentialDensity,
  { fraction, step, drift = 0, at }: Look & { at: number },
): number {
  const score = at * Math.sqrt(fraction) - drift * step
  let total = 0
  const reach = nothing * Math.sqrt(step)
  for (let i = 0; i < nodes.length; i++) {
    const away = score - (nodes[i] ?? 0)
    if (away < reach && away > -reach) total += (shares[i] ?? 0) * Math.exp((away * away) / (-2 * step))
  }
  return (total * Math.sqrt(fraction)) / Math.sqrt(2 * Math.PI * step)
}

/** The spread after a look that stops all z values outside of `lowest` … `highest`; nothing is left where these cross. */
export function after(
  density: SequentialDensity,
  look: Look & { lowest: number; highest: number },
): SequentialDensity {
  const { fraction, step, drift = 0 } = look
  const centre = drift * Math.sqrt(fraction)
  const from = Math.max(centre - far, look.lowest)
  const to = Math.min(centre + far, look.highest)
  if (!(from < to)) return { nodes: new Float64Array(), shares: new Float64Array() }
  const deviation = Math.sqrt(step / fraction)
  // Odd, for Simpson's rule.
  const nodeCount = 2 * Math.ceil(((to - from) * nodesPerDeviation) / deviation / 2) + 1
  const width = (to - from) / (nodeCount - 1)
  const nodes = new Float64Array(nodeCount)
  const shares = new Float64Array(nodeCount)
  for (let i = 0; i < nodeCount; i++) {
    const at = from + i * width
    const simpson = i === 0 || i === nodeCount - 1 ? 1 : i % 2 === 1 ? 4 : 2
    nodes[i] = at * Math.sqrt(fraction)
    shares[i] = ((simpson * width) / 3) * densityAt(density, { fraction, step, drift, at })
  }
  return { nodes, shares }
}

/** Chances of one look: to stop above the upper bound, and to stop below the lower one. */
export interface StopChance {
  above: number
  below: number
}

/**
 * How likely a sequential study stops at each look, above or below. `drift` is the mean of z at fraction 1. Where bounds cross,
 * the upper one decides, and all else stops below.
 */
export function stopChances(
  looks: readonly { fraction: number; lower: number; upper: number }[],
  drift: number,
): StopChance[] {
  let density = start
  let before = 0
  return looks.map(({ fraction, lower, upper }) => {
    const step = fraction - before
    before = fraction
    const reaches = (bound: number): number => crossing(density, { fraction, step, drift, bound })
    const above = reaches(upper)
    const below = reaches(-Infinity) - reaches(Math.min(lower, upper))
    density = after(density, { fraction, step, drift, lowest: lower, highest: upper })
    return { above, below }
  })
}
