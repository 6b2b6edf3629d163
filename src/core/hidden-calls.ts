import type { Metered, ModelCall } from '../model/model-call.ts'

/**
 * The answered calls that an agent does not count, given how many it counts: titles, memories, sub-agents. Their cost is known
 * where they are just those outside of the lane in which the work was done.
 */
export function hiddenCalls(counted: number | null, calls: readonly ModelCall[]): Metered['hidden'] {
  const answered = calls.filter(({ api, end }) => api !== null && end === 'answered')
  const hidden = counted === null ? 0 : answered.length - counted
  if (hidden <= 0) return null
  const lanes = [...new Set(answered.map(({ lane }) => lane))]
  const sizes = lanes.map(lane => answered.filter(call => call.lane === lane).length)
  const main = lanes[sizes.indexOf(Math.max(...sizes))]
  const side = answered.filter(({ lane }) => lane !== main)
  const costs = side.flatMap(({ costUsd }) => costUsd ?? [])
  const isKnown = side.length === hidden && costs.length === hidden
  return { calls: hidden, costUsd: isKnown ? costs.reduce((sum, cost) => sum + cost, 0) : null }
}
