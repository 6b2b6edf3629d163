import type { Spent } from '../contracts.ts'
import type { ModelCall } from '../model/model-call.ts'
import type { Spending } from '../model/spending.ts'
import type { Trial } from '../model/trial.ts'
import type { Usage } from '../model/usage.ts'

export function addSpent(a: Spent, b: Spent): Spent {
  return { costUsd: a.costUsd + b.costUsd, tokens: a.tokens + b.tokens, calls: a.calls + b.calls }
}

/** What attempts have used, as far as it is known. */
export function spentIn(trials: readonly Pick<Trial, 'attempt'>[]): Spent {
  return sumSpent(
    trials.flatMap(({ attempt }) => {
      if (!attempt) return []
      const { usage, costUsd, metered, turns } = attempt
      const calls = metered ? metered.calls + metered.failed : turns
      return [{ costUsd, calls, tokens: usage && tokensIn(usage) }]
    }),
  )
}

/** What several things have used together, as far as it is known. */
export function sumSpent(each: readonly Record<keyof Spent, number | null>[]): Spent {
  return each.reduce<Spent>(
    (sum, { costUsd, tokens, calls }) =>
      addSpent(sum, { costUsd: costUsd ?? 0, tokens: tokens ?? 0, calls: calls ?? 0 }),
    { costUsd: 0, tokens: 0, calls: 0 },
  )
}

/** What a call has cost: nothing where it failed without a count; null where it asked no model. */
export function spentOnCall({
  api,
  end,
  usage,
  costUsd,
}: ModelCall): Pick<Spending, 'calls' | 'tokens' | 'costUsd'> | null {
  if (api === null) return null
  if (end !== 'answered' && usage === null) return { calls: 1, tokens: 0, costUsd: 0 }
  return { calls: 1, tokens: usage && tokensIn(usage), costUsd }
}

/** Input, cached and not, plus output; null where none of it is known. */
export function tokensIn({
  inputTokens,
  cacheReadTokens,
  cacheWriteTokens,
  outputTokens,
}: Usage): number | null {
  const known = [inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens].flatMap(each => each ?? [])
  return known.length === 0 ? null : known.reduce((total, each) => total + each, 0)
}
