import type { UsualService } from '../contracts.ts'
import type { ModelApi, Service } from '../model/service.ts'
import type { Setup } from '../model/suite.ts'

/** What a harness tells of the services that its agent can use. */
interface Speaker {
  apis?: readonly ModelApi[]
  usualService?(
    config: unknown,
    env: Readonly<Record<string, string>>,
    model: string | null,
  ): UsualService | null
}

/**
 * The service to which the gateway sends a setup's model calls: the one that the setup names, else the usual one of its
 * agent. Null where the agent goes its own way: the setup says `direct`, or nobody can tell. `host` are the variables of
 * this machine, `given` those that the agent gets.
 */
export function serviceOf(
  setup: Pick<Setup, 'service' | 'harness' | 'model'>,
  harness: Speaker,
  host: Readonly<Record<string, string | undefined>>,
  given: Readonly<Record<string, string>>,
): Service | null {
  const usualApi = harness.apis?.[0]
  if (usualApi === undefined || setup.service === 'direct') return null
  const { config } = setup.harness
  if (setup.service !== null) return { ...setup.service, api: setup.service.api ?? usualApi }
  const usual = harness.usualService?.(config, given, setup.model)
  if (!usual) return null
  const key = usual.keys.find(name => host[name] || given[name]) ?? null
  return { url: usual.url, api: usual.api, key, prices: {} }
}
