import type { Isolation, Network } from '../model/run.ts'
import { groupBy } from './group-by.ts'

/** So many places are named. */
const named = 4

/** What agents could reach, in one short line: told once for all setups for which it was the same. */
export function networkText({ network, networks }: Isolation): string {
  const told = groupBy(Object.entries(networks), ([, of]) => textOf(of))
  if (told.size === 0) return network
  if (told.size === 1) return [...told.keys()].join('')
  return [...told]
    .map(([text, setups]) => `${text} for ${setups.map(([setup]) => setup).join(', ')}`)
    .join('; ')
}

function textOf({ policy, enforced, allowed }: Network): string {
  if (!enforced) return `open (not enforced: ${policy})`
  if (allowed.length === 0) return policy
  const more = allowed.length > named ? ` and ${allowed.length - named} more` : ''
  return `${policy} (${allowed.slice(0, named).join(', ')}${more})`
}
