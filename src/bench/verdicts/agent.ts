import { nextStep } from '../../core/adaptive/next-step.ts'
import type { AdaptivePlan } from '../../core/adaptive/plan.ts'
import type { AdaptiveTrial } from '../../core/adaptive/slots.ts'
import type { AdaptiveStop } from '../../core/adaptive/stop.ts'
import type { Chance } from './chance.ts'

/** A simulated agent: how it does at each task today. */
export interface Agent {
  passRate: (task: string, side: AdaptiveTrial['side']) => number
  /** Chance that a start errors. */
  erroredShare?: number
  costUsd?: (task: string) => number
}

/** Drives the real adaptive gate with a simulated agent, from the first batch to its end. */
export function runAdaptive(plan: AdaptivePlan, agent: Agent, chance: Chance): AdaptiveStop {
  const trials = new Map<string, AdaptiveTrial>()
  for (;;) {
    const step = nextStep(plan, [...trials.values()])
    if (step.kind === 'stop') return step
    for (const { task, side, index } of step.trials) {
      const key = `${side} ${index} ${task}`
      const before = trials.get(key)
      const errored = chance.uniform() < (agent.erroredShare ?? 0)
      const passed = chance.uniform() < agent.passRate(task, side)
      const cost = agent.costUsd?.(task) ?? null
      trials.set(key, {
        task,
        side,
        index,
        result: errored ? 'errored' : passed ? 'passed' : 'failed',
        errors: (before?.errors ?? 0) + Number(errored),
        costUsd: cost === null ? null : cost + (before?.costUsd ?? 0),
      })
    }
  }
}
