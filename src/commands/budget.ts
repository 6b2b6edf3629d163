import { InfraError } from '../errors.ts'
import type { ModelLimits } from '../contracts.ts'
import type { Budget } from '../model/suite.ts'

/** What the command line says of a run's budget: it stands before the suite's word. */
export interface BudgetOptions {
  maxCost?: number
  maxTokens?: number
  maxTurns?: number
}

/** What a run may use. */
export function budgetOf(
  budget: Budget | null,
  { maxCost, maxTokens, maxTurns }: BudgetOptions,
): ModelLimits {
  return {
    costUsd: maxCost ?? budget?.maxCostUsd ?? null,
    tokens: maxTokens ?? budget?.maxTokens ?? null,
    calls: maxTurns ?? budget?.maxTurns ?? null,
    callsPerMinute: budget?.maxCallsPerMinute ?? null,
  }
}

/** Throws InfraError if the budget of a run is spent; `reason` says so in plain words. */
export function requireBudget(reason: string | null, runId: string): void {
  if (reason === null) return
  throw new InfraError(
    `the budget of run ${runId} is spent: ${reason}. What has finished is kept. Raise it to go on:\n  agent-eval run --resume ${runId} --max-cost USD   (or --max-tokens N, --max-turns N)`,
  )
}
