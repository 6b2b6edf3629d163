import type { AgentCanary } from '../model/agent-canary.ts'
import type { RunManifest } from '../model/run.ts'
import type { Attempt } from '../model/trial.ts'
import { tokensOf } from './measure.ts'
import { sumSpent } from './spent.ts'
import type { Spent } from '../contracts.ts'

type Canaries = Pick<RunManifest, 'agentCanaries'>

/** What a canary came to, to be kept. */
export function toAgentCanary(ok: boolean, message: string, attempt: Attempt | null): AgentCanary {
  const metered = attempt?.metered ?? null
  return {
    ok,
    message,
    agentVersion: attempt?.agentVersion ?? null,
    costUsd: attempt?.costUsd ?? null,
    tokens: tokensOf(attempt?.usage ?? null),
    calls: metered ? metered.calls + metered.failed : (attempt?.turns ?? null),
  }
}

/** Setups whose agent cannot work here: nothing that they show counts. */
export function invalidSetups({ agentCanaries }: Canaries): string[] {
  return Object.keys(agentCanaries).filter(setup => agentCanaries[setup]?.ok === false)
}

/** Why the setups of a run are not valid, in whole sentences, by setup. */
export function canaryDoubts(canaries: Canaries): Record<string, string> {
  return Object.fromEntries(
    invalidSetups(canaries).map(setup => [
      setup,
      `Setup ${setup} is not valid, its canary failed: ${withStop(canaries.agentCanaries[setup]?.message ?? '')} None of its trials was run: mend it (agent-eval doctor SUITE --setup ${setup}) and start a new run.`,
    ]),
  )
}

/** What all canaries of a run used, as far as it is known. */
export function spentOnCanaries({ agentCanaries }: Canaries): Spent {
  return sumSpent(Object.values(agentCanaries))
}

function withStop(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`
}
