import { invalidSetups } from '../core/agent-canaries.ts'
import type { AgentCanary } from '../model/agent-canary.ts'
import type { RunManifest } from '../model/run.ts'
import { count, formatCost } from './format.ts'

/** Which agents were tried before the trials, and what that cost; null where none was. */
export function canaryText(run: Pick<RunManifest, 'agentCanaries'>): string | null {
  const all = Object.entries(run.agentCanaries)
  if (all.length === 0) return null
  const invalid = invalidSetups(run)
  const proven = all.length - invalid.length
  return [
    `${proven} of ${count(all.length, 'setup')} proven`,
    ...(invalid.length === 0 ? [] : [`NOT VALID, so not run: ${invalid.join(', ')}`]),
    canaryCost(all.map(([, canary]) => canary)),
  ].join('; ')
}

/** "$0.02", "at least $0.02", "cost unknown": of what was asked of models. */
export function canaryCost(canaries: readonly Pick<AgentCanary, 'costUsd' | 'calls'>[]): string {
  const asked = canaries.filter(({ calls, costUsd }) => calls !== 0 || costUsd !== null)
  const costs = asked.flatMap(({ costUsd }) => costUsd ?? [])
  if (costs.length === 0) return asked.length === 0 ? 'no cost' : 'cost unknown'
  const sum = formatCost(costs.reduce((total, cost) => total + cost, 0))
  return costs.length === asked.length ? sum : `at least ${sum}`
}
