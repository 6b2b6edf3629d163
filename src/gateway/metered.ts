import type { Metered, ModelCall } from '../model/model-call.ts'
import type { Usage } from '../model/usage.ts'

/** A call with what is not kept of it. */
export interface CallInWork extends ModelCall {
  tools: readonly string[]
  /** Since when nothing came from the service: it was asked, or its last byte passed on. Null before. */
  quietSince: number | null
}

export interface CallWithTools extends ModelCall {
  tools: readonly string[]
  /** How long nothing had come from the service when it ended. */
  quietMs: number
}

/**
 * All calls of an attempt summed up. Usage is null if that of an answered call is: a sum without it would be too small. A
 * class is null where no call told of it. Calls that broke off count with what they had told until then.
 */
export function meteredOf(
  calls: readonly CallWithTools[],
  limit: string | null,
): Omit<Metered, 'context' | 'replay'> {
  const asked = calls.filter(({ api }) => api !== null)
  const answered = asked.filter(({ end }) => end === 'answered')
  const counting = asked.filter(({ end, usage }) => end === 'answered' || usage !== null)
  const usages = counting.flatMap(({ usage }) => usage ?? [])
  const isWhole = usages.length === counting.length
  const costs = counting.flatMap(({ costUsd }) => costUsd ?? [])
  return {
    calls: answered.length,
    failed: asked.filter(({ end }) => end === 'failed').length,
    retries: asked.reduce((sum, call) => sum + call.retries, 0),
    usage: isWhole && usages.length > 0 ? sumOf(usages) : null,
    costUsd:
      costs.length === counting.length && costs.length > 0
        ? costs.reduce((sum, cost) => sum + cost, 0)
        : null,
    unpriced: unique(
      counting.flatMap(({ usage, costUsd, observedModel, model }) =>
        usage !== null && costUsd === null ? (observedModel ?? model ?? 'unnamed') : [],
      ),
    ),
    models: unique(answered.flatMap(({ observedModel }) => observedModel ?? [])),
    tools: unique(asked.flatMap(({ tools }) => tools)),
    limit,
    hidden: null,
  }
}

function sumOf(usages: readonly Usage[]): Usage {
  const of = (name: keyof Usage): number | null => {
    const known = usages.flatMap(usage => usage[name] ?? [])
    return known.length === 0 ? null : known.reduce((total, each) => total + each, 0)
  }
  return {
    inputTokens: of('inputTokens'),
    cacheReadTokens: of('cacheReadTokens'),
    cacheWriteTokens: of('cacheWriteTokens'),
    outputTokens: of('outputTokens'),
    reasoningTokens: of('reasoningTokens'),
  }
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)]
}
