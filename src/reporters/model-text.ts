import type { Report } from '../model/report.ts'
import type { Trial } from '../model/trial.ts'
import { contextText } from './context-text.ts'
import { count, formatCost } from './format.ts'

/** What a report tells of model calls, by name; empty where no agent went through the gateway. */
export function modelFacts({ run, trials }: Pick<Report, 'run' | 'trials'>): [name: string, text: string][] {
  const context = contextText(run)
  const usage = usageText(trials)
  return [
    ...(usage === null ? [] : [['usage', usage] satisfies [string, string]]),
    ...(context === null ? [] : [['context', context] satisfies [string, string]]),
  ]
}

/** Who counted tokens and costs, and what the agents themselves left out; null where it was the agents. */
function usageText(trials: readonly Trial[]): string | null {
  const attempts = trials.flatMap(({ attempt }) => attempt ?? [])
  const metered = attempts.flatMap(attempt => attempt.metered ?? [])
  if (metered.length === 0) return null
  const extent =
    metered.length === attempts.length
      ? ''
      : ` in ${metered.length} of ${count(attempts.length, 'trial')}, else by the agents`
  const hidden = metered.flatMap(each => each.hidden ?? [])
  const calls = hidden.reduce((sum, each) => sum + each.calls, 0)
  return `counted by the gateway${extent}${
    calls > 0
      ? `; ${hiddenText(
          calls,
          hidden.map(each => each.costUsd),
        )}`
      : ''
  }`
}

/** "3 calls that the agents do not count: $0.02"; without the sum where a part of it is unknown. */
export function hiddenText(calls: number, costs: readonly (number | null)[]): string {
  const known = costs.flatMap(cost => cost ?? [])
  const sum =
    known.length === costs.length ? `: ${formatCost(known.reduce((total, cost) => total + cost, 0))}` : ''
  return `${count(calls, 'call')} that the agent did not count${sum}`
}
