import type { Access, DoorPort } from '../contracts.ts'
import type { Network } from '../model/run.ts'
import { addressesOf } from '../util/connect.ts'
import { isLoopback, parseDestination, type Destination } from '../util/destination.ts'
import { toContent, writeTree } from '../util/file-tree.ts'
import { upstreamFrom } from '../util/upstream.ts'
import { openProxy, type Proxy, type Refusal } from '../util/proxy.ts'

/** Of the proxy in the sandbox. Below the ports that systems give out by themselves, and of no known service. */
const usualPort = 31280

/** The network of one trial's agent. */
export interface OpenNetwork {
  access: Access['network']
  /** Ends what is under way, and tells what was asked for and not given; a file in the logs tells it, too. */
  close(logs: string): Promise<Refusal[]>
}

/**
/**
 * Opens what a setup allows its agent, and its way to its model if that is through the gateway. Whoever opens it has to close
 * it. `host` is this machine's environment, which says by what proxy it reaches the network itself.
 */
export function openNetwork(
  { policy, enforced, allowed }: Network,
  host: NodeJS.ProcessEnv = {},
  model: DoorPort | null = null,
): OpenNetwork {
  if (policy === 'open' || !enforced) return { access: 'open', close: async () => [] }
  if (policy === 'off') return { access: 'off', close: async () => [] }
  // Its model's service is reached through the gateway, and nothing else is.
  if (policy === 'model' && model)
    return { access: { env: loopbackOnly, ports: [model] }, close: async () => [] }
  const places = allowed.flatMap(text => parseDestination(text) ?? [])
  const proxy = openProxy(places, addressesOf, upstreamFrom(host))
  const local = localPorts(places, proxy)
  const own = [...local, ...(model ? [model] : [])]
  const port = freePort(own.map(each => each.port))
  const address = `http://127.0.0.1:${port}`
  return {
    access: {
      env: proxyEnvironment(address),
      ports: [{ address: '127.0.0.1', port, answer: proxy.answer }, ...own],
    },
    async close(logs) {
      proxy.close()
      const refused = proxy.refusals()
      const text = `${JSON.stringify({ allowed, refused }, null, 2)}\n`
      if (refused.length > 0) writeTree(logs, { 'network.json': toContent(Buffer.from(text), false) })
      return refused
    },
  }
}

/** Services of this machine stand in the sandbox where they stand outside: many programs ask loopback for no proxy. */
function localPorts(places: readonly Destination[], proxy: Proxy): DoorPort[] {
  const ports = new Map<string, DoorPort>()
  for (const { host, port, below } of places) {
    if (below || port === null || !isLoopback(host)) continue
    const address = host === 'localhost' ? '127.0.0.1' : host
    // 127.0.0.1 and localhost may both be listed.
    ports.set(`${address} ${port}`, { address, port, answer: proxy.lead(host, port) })
  }
  return [...ports.values()]
}

const ownServices = 'localhost,127.0.0.1,::1'
/** So that nothing of the host sends a call to the gateway elsewhere. */
const loopbackOnly = { no_proxy: ownServices, NO_PROXY: ownServices }

function freePort(taken: readonly number[]): number {
  let port = usualPort
  while (taken.includes(port)) port++
  return port
}

/** Both spellings, as programs differ in which they read. What the agent itself serves on loopback needs no proxy. */
function proxyEnvironment(address: string): Record<string, string> {
  const names = {
    http_proxy: address,
    https_proxy: address,
    all_proxy: address,
    no_proxy: ownServices,
  }
  const upper = Object.fromEntries(Object.entries(names).map(([name, value]) => [name.toUpperCase(), value]))
  return { ...names, ...upper, NODE_USE_ENV_PROXY: '1' }
}

/** So many places are told one by one. */
const told = 10

/** What a reader should know of the network of a trial, in whole sentences. */
export function networkRemarks(network: Network, refusals: readonly Refusal[], hasFailed: boolean): string[] {
  const named = refusals.filter(({ to }) => to !== null)
  const others = refusals.filter(refusal => !named.slice(0, told).includes(refusal))
  return [
    ...named.slice(0, told).map(sentence),
    ...(others.length > 0
      ? [
          `The agent asked for other places ${times(others.reduce((sum, { count }) => sum + count, 0))}, which its setup does not allow.`,
        ]
      : []),
    ...(hasFailed && network.policy === 'off' && network.enforced && !network.asked
      ? [
          'The agent had no network. If it needs some, give its setup `network:` with the hosts of its model service, such as [api.example.com], or `open`.',
        ]
      : []),
  ]
}

function sentence({ to, why, count }: Refusal): string {
  return why === 'unlisted'
    ? `The agent asked for ${to} ${times(count)}, which its setup does not allow.`
    : `The agent asked for ${to} ${times(count)}, which leads to an address that is not public: list the address, too, to allow it.`
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}
