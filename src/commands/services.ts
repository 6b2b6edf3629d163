import { serviceOf } from '../core/service.ts'
import { UserError } from '../errors.ts'
import type { Harness } from '../contracts.ts'
import type { Isolation } from '../model/run.ts'
import type { Service } from '../model/service.ts'
import type { Setup } from '../model/suite.ts'
import { pick, type Registry } from '../registry.ts'
import { setOnes } from '../util/host-env.ts'

type Harnesses = Readonly<{ harnesses: Registry<Harness> }>

/** Where a setup's model calls go at a level of isolation; null where they do not go through the gateway. */
export function serviceAt(
  level: Isolation['level'],
  setup: Setup,
  { harnesses }: Harnesses,
  env: NodeJS.ProcessEnv,
): Service | null {
  // Loopback is another one in there: an agent that was told of no service goes its own way.
  if (level === 'container' && setup.service === null) return null
  return serviceOf(setup, pick(harnesses, setup.harness.type, 'harness'), env, givenBy(setup, env))
}

function givenBy({ env: { pass, set } }: Setup, env: NodeJS.ProcessEnv): Record<string, string> {
  return { ...setOnes(pass, env), ...set }
}

/** Names of the host variables that may hold the key of a setup's service. */
export function keyNamesOf(setup: Setup, { harnesses }: Harnesses, env: NodeJS.ProcessEnv): string[] {
  if (setup.service === 'direct') return []
  if (setup.service !== null) return setup.service.key === null ? [] : [setup.service.key]
  const harness = pick(harnesses, setup.harness.type, 'harness')
  return [...(harness.usualService?.(setup.harness.config, givenBy(setup, env), setup.model)?.keys ?? [])]
}

/** Throws UserError for what no gateway can do for these setups, and for keys that are missing. */
export function checkServices(
  setups: readonly Setup[],
  level: Isolation['level'],
  parts: Harnesses,
  env: NodeJS.ProcessEnv,
): void {
  const problems = setups.flatMap(setup => {
    if (level === 'container' && setup.service !== null && setup.service !== 'direct')
      return [
        `setup ${setup.name} names a service, but from a container the gateway cannot be reached: use --isolation sandbox, or service: direct with network: open`,
      ]
    const service = serviceAt(level, setup, parts, env)
    if (!service) return []
    const { key } = service
    if (key !== null)
      return env[key] || setup.env.set[key]
        ? []
        : [`setup ${setup.name}: ${key}, the key of ${service.url}, is not set`]
    const names = keyNamesOf(setup, parts, env)
    const hasOwn = setup.env.pass.length > 0 || Object.keys(setup.env.set).length > 0
    return names.length === 0 || hasOwn
      ? []
      : [
          `setup ${setup.name}: no key for ${service.url}; set ${names.join(' or ')}, or name a service with another key`,
        ]
  })
  if (problems.length > 0)
    throw new UserError(`model services cannot be used:\n${problems.map(line => `  ${line}`).join('\n')}`)
}
