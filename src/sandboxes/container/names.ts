import { randomBytes } from 'node:crypto'
import { livenessOf, ownProcessName, type Liveness } from '../../util/process-name.ts'

/** Every container of ours has this label; its value is the process that started it. */
export const ownerLabel = 'agent-eval.owner'

/** After this time a container of a process that cannot be seen from here (of another machine) is taken for left over. */
const forgottenMs = 48 * 3_600_000

/** A name that no other container has, and that says who started it when. */
export async function newContainerName(now: number = Date.now()): Promise<string> {
  return `agent-eval.${await ownProcessName()}.${now}.${randomBytes(6).toString('hex')}`
}

/** Null for a name that is none of ours. */
export function readContainerName(name: string): { owner: string; startedAtMs: number } | null {
  const [, owner, startedAtMs] = /^agent-eval\.([\w-]+)\.(\d{13})\.[0-9a-f]{12}$/.exec(name) ?? []
  return owner === undefined ? null : { owner, startedAtMs: Number(startedAtMs) }
}

/** Which of the named containers nobody needs any more. */
export async function leftOver(
  names: readonly string[],
  now: number = Date.now(),
  ask: (owner: string) => Promise<Liveness> = livenessOf,
): Promise<string[]> {
  const found = await Promise.all(
    names.map(async name => {
      const read = readContainerName(name)
      if (read === null) return []
      const liveness = await ask(read.owner)
      const isForgotten = now - read.startedAtMs > forgottenMs
      return liveness === 'dead' || (liveness === 'unknown' && isForgotten) ? [name] : []
    }),
  )
  return found.flat()
}
