import type { AgentCanary } from '../model/agent-canary.ts'
import type { HarnessProbe } from '../contracts.ts'
import type { Check } from '../reporters/checks.ts'
import type { Io } from './io.ts'
import { rehearse } from './rehearsal.ts'
import { families } from './wiring.ts'

interface Found {
  name: string
  description: string
  /** Null where more than the defaults is needed to know which program it drives. */
  probe: HarnessProbe | null
  /** Whether its agent can be told of a model to ask. */
  asks: boolean
}

/** Which agents are here, and unless it has to be `quick` whether each of them works. Null when interrupted. */
export async function agentChecks(quick: boolean, io: Io): Promise<Check[] | null> {
  const found = await Promise.all(
    Object.entries(families.harnesses).map(async ([name, harness]): Promise<Found> => {
      const { description, apis } = harness
      const config = harness.config.safeParse({})
      const probe = config.success ? await harness.probe(config.data) : null
      return { name, description, probe, asks: apis !== undefined }
    }),
  )
  const here = found.filter(({ probe, asks }) => probe?.ok && asks).map(({ name }) => name)
  const canaries = quick ? {} : await rehearse(here, io)
  return canaries && found.map(agent => checkOf(agent, canaries[agent.name]))
}

function checkOf({ name, description, probe, asks }: Found, canary: AgentCanary | undefined): Check {
  const check = (state: Check['state'], message: string): Check => ({ group: 'agents', name, state, message })
  if (!probe) return check('ok', description)
  if (!probe.ok) return check('absent', probe.message)
  const who = probe.version ?? 'here'
  if (!asks) return check('ok', `${who}: ${probe.message}`)
  if (canary === undefined) return check('ok', `${who}: is installed, not tried`)
  return canary.ok
    ? check('ok', `${who}: proven, ${canary.message}`)
    : check('broken', `${who}: DOES NOT WORK, ${canary.message}`)
}
