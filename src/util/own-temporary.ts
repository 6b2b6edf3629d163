import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { livenessOf, ownProcessName } from './process-name.ts'

/**
 * Makes a private folder in the system's temporary one, named by a prefix and by this process, whose it is to remove it.
 * Folders of that prefix which dead processes have left are removed first.
 */
export async function makeOwnTemporary(prefix: string): Promise<string> {
  await sweep(prefix)
  return mkdtemp(join(tmpdir(), `${prefix}${await ownProcessName()}.`))
}

async function sweep(prefix: string): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue
    const owner = name.slice(prefix.length).split('.')[0] ?? ''
    // Somebody else's cannot be removed, and is none of ours.
    if ((await livenessOf(owner)) === 'dead')
      await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined)
  }
}
