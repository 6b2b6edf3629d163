import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { networkAt, reachOf } from '../core/network.ts'
import type { Service } from '../model/service.ts'
import { InfraError, UserError } from '../errors.ts'
import type { Sandbox } from '../contracts.ts'
import type { Isolation, Network } from '../model/run.ts'
import type { Setup, Suite } from '../model/suite.ts'
import type { TrialSpec } from '../model/trial.ts'
import { pick } from '../registry.ts'
import { openNetwork } from '../trial/network.ts'
import { setOnes } from '../util/host-env.ts'
import { tell, type Io } from './io.ts'
import { serviceAt } from './services.ts'
import type { families } from './wiring.ts'

type Harnesses = Pick<typeof families, 'harnesses'>

/** What the agents of the planned trials may reach, which must be possible here. */
export async function networksOf(
  suite: Suite,
  specs: readonly TrialSpec[],
  parts: Harnesses & { sandbox: Sandbox },
  io: Io,
): Promise<Record<string, Network>> {
  const setups = Object.values(suite.setups).filter(setup => specs.some(spec => spec.setup === setup.name))
  const { sandbox } = parts
  const { level } = sandbox.isolation
  const networks = setups.map(setup => [setup.name, networkOf(setup, level, parts, io.env)] as const)
  const listed = networks.filter(([, network]) => reachOf(network) === 'allow-list')
  if (level === 'container' && listed[0])
    throw new UserError(
      `setup ${listed[0][0]} may reach ${listed[0][1].allowed.join(', ')}, but isolation "container" knows only all or nothing: set network: open or off, or use --isolation sandbox`,
    )
  if (listed.length > 0) await probeNetwork(sandbox)
  if (level === 'sandbox' || level === 'container')
    for (const hint of networkHints(setups, parts, io.env)) tell(io, hint)
  return Object.fromEntries(networks)
}

/** What the agent of a setup may reach. Throws UserError where that is its model, and nobody knows where it is. */
export function networkOf(
  setup: Setup,
  level: Isolation['level'],
  parts: Harnesses,
  env: NodeJS.ProcessEnv,
): Network {
  const service = serviceAt(level, setup, parts, env)
  if (service) return withGateway(setup, service, level)
  const endpoints = endpointsOf(setup, parts, env)
  if (endpoints === null && (setup.network === 'model' || setup.network?.includes('model'))) {
    throw new UserError(
      `setup ${setup.name} may reach its model, but from its harness and model it cannot be told where that is: list the host instead, as in network: [api.example.com]`,
    )
  }
  return networkAt(level, setup.network, endpoints)
}

/** Its model is reached through the gateway, whatever else it may reach: the service itself is not among that. */
function withGateway({ name, network }: Setup, service: Service, level: Isolation['level']): Network {
  if (network === 'off')
    throw new UserError(
      `setup ${name} has a model service and network: off, so it could not reach its model: use network: model`,
    )
  const others = Array.isArray(network) ? network.filter(place => place !== 'model') : []
  if (others.length > 0) return networkAt(level, others, [])
  const { protocol, hostname, port } = new URL(service.url)
  return networkAt(level, Array.isArray(network) ? 'model' : network, [
    `${hostname}:${port || (protocol === 'http:' ? '80' : '443')}`,
  ])
}

function endpointsOf(setup: Setup, { harnesses }: Harnesses, env: NodeJS.ProcessEnv): string[] | null {
  const { type, config } = setup.harness
  const given = { ...setOnes(setup.env.pass, env), ...setup.env.set }
  return pick(harnesses, type, 'harness').endpoints?.(config, given, setup.model) ?? null
}

/** What to write for setups whose agents look as if they needed the network, and would have none in a sandbox. */
export function networkHints(setups: readonly Setup[], parts: Harnesses, env: NodeJS.ProcessEnv): string[] {
  return setups
    .filter(setup => setup.network === null && setup.env.pass.length > 0)
    .filter(
      setup => serviceAt('sandbox', setup, parts, env) === null && endpointsOf(setup, parts, env) === null,
    )
    .map(
      setup =>
        `note: setup ${setup.name} passes ${setup.env.pass.join(', ')} to its agent, which at isolation "sandbox" has no network. If it needs some, add network: with the hosts of its model service, such as [api.example.com], or network: open.`,
    )
}

/** Throws InfraError if a sandbox cannot give an agent listed places: found out before one is paid for. */
export async function probeNetwork(sandbox: Sandbox): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'agent-eval-network-'))
  const { access, close } = openNetwork({
    policy: 'allow-list',
    asked: true,
    enforced: true,
    allowed: ['localhost:1024'],
  })
  const output = join(folder, 'output')
  try {
    const { end, exitCode } = await sandbox.exec({
      command: ['/bin/sh', '-c', 'true'],
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
      timeoutMs: 20_000,
      stdout: output,
      stderr: output,
      access: { write: [folder], read: [], network: access },
    })
    if (exitCode !== 0) throw new InfraError(`the sandbox's way to the network does not work here (${end})`)
  } finally {
    await close(folder)
    await rm(folder, { recursive: true, force: true })
  }
}
