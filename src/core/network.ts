import type { Isolation, Network } from '../model/run.ts'
import type { NetworkPolicy } from '../model/suite.ts'

/**
 * What an agent may reach at a level of isolation. `endpoints` is where its model's service is, null where nobody knows: an
 * agent that needs the network then has to be given it by its setup. A policy of `model` needs them.
 */
export function networkAt(
  level: Isolation['level'],
  policy: NetworkPolicy | null,
  endpoints: readonly string[] | null,
): Network {
  const enforced = level === 'sandbox' || level === 'container'
  if (policy === null && !enforced) return { policy: 'open', asked: false, enforced: true, allowed: [] }
  const asked = policy !== null
  const wanted = policy ?? 'model'
  if (wanted === 'open') return { policy: 'open', asked, enforced: true, allowed: [] }
  const allowed = placesOf(wanted, endpoints ?? [])
  if (allowed.length === 0) return { policy: 'off', asked, enforced, allowed: [] }
  return { policy: wanted === 'model' ? 'model' : 'allow-list', asked, enforced, allowed }
}

function placesOf(policy: Exclude<NetworkPolicy, 'open'>, endpoints: readonly string[]): string[] {
  if (policy === 'off') return []
  const list = policy === 'model' ? ['model'] : policy
  return [...new Set(list.flatMap(place => (place === 'model' ? endpoints : [place])))]
}

/** What a policy comes to. */
export function reachOf({ policy, enforced }: Network): Isolation['network'] {
  if (policy === 'open' || !enforced) return 'open'
  return policy === 'off' ? 'off' : 'allow-list'
}

/** The widest of several; open where nothing is known. */
export function widest(networks: readonly Network[]): Isolation['network'] {
  const all = networks.map(reachOf)
  if (all.length === 0 || all.includes('open')) return 'open'
  return all.includes('allow-list') ? 'allow-list' : 'off'
}
