import { randomBytes } from 'node:crypto'
import { mkdirSync, realpathSync } from 'node:fs'
import { lstat, mkdir, readdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { InfraError } from '../errors.ts'
import { removeFolder } from '../util/folders.ts'
import { livenessOf, ownProcessName } from '../util/process-name.ts'

/** After this time a folder of a process that cannot be seen from here (of another container) is taken for left over. */
const forgottenMs = 48 * 3_600_000

/**
 * A private folder of this process for everything that lives no longer than it does, below one that all runs share. What
 * dead processes have left there is removed first. `close` removes the folder, and never throws.
 */
export async function openWorkRoot(shared: string): Promise<{ path: string; close(): Promise<void> }> {
  await makePrivate(shared)
  const root = await realpath(shared)
  await sweepWorkRoot(root)
  const path = join(root, `${await ownProcessName()}-${randomBytes(4).toString('hex')}`)
  await mkdir(path, { mode: 0o700 })
  return { path, close: () => removeQuietly(path) }
}

/** Removes what dead processes have left. Never throws for what cannot be removed. */
export async function sweepWorkRoot(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const path = join(root, name)
    const liveness = await livenessOf(name)
    const found = await lstat(path).catch(() => null)
    const forgotten = found !== null && Date.now() - found.mtimeMs > forgottenMs
    if (liveness === 'dead' || (liveness === 'unknown' && forgotten)) await removeQuietly(path)
  }
}

/** A new folder below the work root, with a name that nobody can guess. */
export function makePrivateFolder(workRoot: string): string {
  mkdirSync(workRoot, { recursive: true, mode: 0o700 })
  const folder = join(realpathSync(workRoot), randomBytes(6).toString('hex'))
  mkdirSync(folder, { mode: 0o700 })
  return folder
}

/** What cannot be removed now is tried again by the next sweep. */
export async function removeQuietly(path: string): Promise<void> {
  await removeFolder(path).catch(() => undefined)
}

/** The place may be in a folder that all users share, where somebody else could have made it before us. */
async function makePrivate(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const found = await lstat(path)
  const foreign = process.getuid !== undefined && found.uid !== process.getuid()
  if (found.isDirectory() && !foreign && (found.mode & 0o022) === 0) return
  throw new InfraError(
    `${path} must be a folder of yours that nobody else can write to: remove it, or name another one by AGENT_EVAL_WORK`,
  )
}
