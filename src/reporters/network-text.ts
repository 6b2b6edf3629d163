import type { Isolation, Network } from '../model/run.ts'

/** So many places are named. */
const named = 4

/** What agents could reach, in one short line: told once where it was the same for all setups. */
export function networkText({ network, networks }: Isolation): string {
  const told = Object.entries(networks).map(([setup, of]) => ({ setup, text: textOf(of) }))
  const [first] = told
  if (!first) return network
  return told.every(({ text }) => text === first.text)
    ? first.text
    : told.map(({ setup, text }) => `${setup} ${text}`).join('; ')
}

function textOf({ policy, enforced, allowed }: Network): string {
  if (!enforced) return `open (not enforced: ${policy})`
  if (allowed.length === 0) return policy
  const more = allowed.length > named ? ` and ${allowed.length - named} more` : ''
  return `${policy} (${allowed.slice(0, named).join(', ')}${more})`
}
