import type { Measure } from '../model/run.ts'
import type { Attempt } from '../model/trial.ts'
import type { Usage } from '../model/usage.ts'

/** Mean, median and total of what is known; null if nothing is. */
export function measure(values: readonly (number | null)[]): Measure | null {
  const known = values.filter(value => value !== null).toSorted((a, b) => a - b)
  if (known.length === 0) return null
  const total = known.reduce((sum, value) => sum + value, 0)
  const [lower, upper] = [
    known[Math.ceil(known.length / 2) - 1] ?? 0,
    known[Math.floor(known.length / 2)] ?? 0,
  ]
  return { mean: total / known.length, median: (lower + upper) / 2, total, n: known.length }
}

/** The four numbers that a summary tells of attempts. */
export function measureAttempts(attempts: readonly Attempt[]): {
  costUsd: Measure | null
  tokens: Measure | null
  durationMs: Measure | null
  turns: Measure | null
} {
  return {
    costUsd: measure(attempts.map(attempt => attempt.costUsd)),
    tokens: measure(attempts.map(attempt => tokensOf(attempt.usage))),
    durationMs: measure(attempts.map(attempt => attempt.durationMs)),
    turns: measure(attempts.map(attempt => attempt.turns)),
  }
}

/** Input (cached and not) plus output; null if either is unknown. Agents that say nothing of a cache have none. */
export function tokensOf(usage: Usage | null): number | null {
  if (usage === null || usage.inputTokens === null || usage.outputTokens === null) return null
  return usage.inputTokens + (usage.cacheReadTokens ?? 0) + (usage.cacheWriteTokens ?? 0) + usage.outputTokens
}
