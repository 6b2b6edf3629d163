import type { Spent } from '../contracts.ts'
import type { Trial } from '../model/trial.ts'

export function addSpent(a: Spent, b: Spent): Spent {
  return { costUsd: a.costUsd + b.costUsd, tokens: a.tokens + b.tokens, calls: a.calls + b.calls }
}

/** What attempts have used, as far as it is known. */
export function spentIn(trials: readonly Pick<Trial, 'attempt'>[]): Spent {
  const spent = { costUsd: 0, tokens: 0, calls: 0 }
  for (const { attempt } of trials) {
    if (!attempt) continue
    const { usage, costUsd, metered, turns } = attempt
    spent.costUsd += costUsd ?? 0
    spent.calls += metered ? metered.calls + metered.failed : (turns ?? 0)
    for (const each of [
      usage?.inputTokens,
      usage?.cacheReadTokens,
      usage?.cacheWriteTokens,
      usage?.outputTokens,
    ])
      spent.tokens += each ?? 0
  }
  return spent
}
