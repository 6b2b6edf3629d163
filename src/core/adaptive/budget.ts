import { mean, sum } from '../stats/pair.ts'
import type { NextTrial } from './batch.ts'
import type { AdaptivePlan } from './plan.ts'
import type { AdaptiveTrial } from './slots.ts'

/** What the trials so far have cost; those of unknown cost are not in it. */
export interface Spent {
  costUsd: number
  /** Trials of which the cost is unknown. */
  unknown: number
}

export function spentOn(trials: readonly AdaptiveTrial[]): Spent {
  const known = trials.flatMap(({ costUsd }) => costUsd ?? [])
  return { costUsd: sum(known.toSorted((a, b) => a - b)), unknown: trials.length - known.length }
}

/** Whether a batch can be paid, by what it may cost at most. Where nothing tells that, no budget can be kept: the answer is no. */
export function canPay(
  plan: AdaptivePlan,
  trials: readonly AdaptiveTrial[],
  batch: readonly NextTrial[],
): boolean {
  const { budgetUsd } = plan.options
  if (budgetUsd === null) return true
  const most = mostUsd(plan, trials, batch)
  return most !== null && most <= budgetUsd
}

/**
 * What the trials so far and a batch may cost at most together, in dollars; null where nothing tells. A trial counts with what it
 * can cost at most, or else with the most that one has cost so far, of its own task if that is known: the budget must hold. Trials
 * of unknown cost count as much.
 */
export function mostUsd(
  plan: AdaptivePlan,
  trials: readonly AdaptiveTrial[],
  batch: readonly NextTrial[],
): number | null {
  const { trialCostLimitUsd } = plan.options
  const most = dearestSoFar(plan, trials)
  const fallback = most.size > 0 ? Math.max(...most.values()) : null
  const costOf = (task: string): number | null => trialCostLimitUsd ?? most.get(task) ?? fallback
  const wanted = [...batch, ...trials.filter(({ costUsd }) => costUsd === null)].map(({ task }) =>
    costOf(task),
  )
  if (wanted.some(cost => cost === null)) return null
  return spentOn(trials).costUsd + sum(wanted.flatMap(cost => cost ?? []))
}

function dearestSoFar(plan: AdaptivePlan, trials: readonly AdaptiveTrial[]): Map<string, number> {
  const most = new Map(
    plan.tasks.flatMap(({ task, dearestUsd }): [string, number][] =>
      dearestUsd === null ? [] : [[task, dearestUsd]],
    ),
  )
  for (const { task, costUsd } of trials)
    if (costUsd !== null) most.set(task, Math.max(costUsd, most.get(task) ?? 0))
  return most
}

/** Dollars that this many trials of the fixed plan would have cost more, by the mean of what is known; null if nothing is. */
export function savingOf(
  plan: AdaptivePlan,
  trials: readonly AdaptiveTrial[],
  savedTrials: number,
): number | null {
  const known = trials.flatMap(({ costUsd }) => costUsd ?? [])
  const costs = known.length > 0 ? known : plan.tasks.flatMap(({ costUsd }) => costUsd ?? [])
  return costs.length > 0 ? Math.max(0, savedTrials) * mean(costs.toSorted((a, b) => a - b)) : null
}
