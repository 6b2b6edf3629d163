import type { Metered, ModelCall } from '../model/model-call.ts'

/** The answered calls of the lane in which the work was done, and those beside it: titles, memories, sub-agents. */
function lanesOf(calls: readonly ModelCall[]): { main: ModelCall[]; beside: ModelCall[] } {
  const answered = calls.filter(({ api, end }) => api !== null && end === 'answered')
  const sizes = new Map<string, number>()
  for (const { lane } of answered) sizes.set(lane, (sizes.get(lane) ?? 0) + 1)
  const most = Math.max(...sizes.values())
  // Of equals the later: a title comes first.
  const name = [...sizes].findLast(([, size]) => size === most)?.[0]
  return {
    main: answered.filter(({ lane }) => lane === name),
    beside: answered.filter(({ lane }) => lane !== name),
  }
}

/** The model that did the work, as its service says; null if no call was answered. */
export function mainModel(calls: readonly ModelCall[]): string | null {
  return lanesOf(calls).main.find(({ observedModel }) => observedModel !== null)?.observedModel ?? null
}

/** The answered calls that an agent does not count, given how many it counts; their cost where it is known which they are. */
export function hiddenCalls(counted: number | null, calls: readonly ModelCall[]): Metered['hidden'] {
  const { main, beside } = lanesOf(calls)
  const hidden = counted === null ? 0 : main.length + beside.length - counted
  if (hidden <= 0) return null
  const costs = beside.flatMap(({ costUsd }) => costUsd ?? [])
  const isKnown = beside.length === hidden && costs.length === hidden
  return { calls: hidden, costUsd: isKnown ? costs.reduce((sum, cost) => sum + cost, 0) : null }
}
