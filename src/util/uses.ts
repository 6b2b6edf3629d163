import { mkdir, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InfraError } from '../errors.ts'
import { parseJson, writeAtomically } from './json.ts'
import { withLock } from './lock.ts'
import { livenessOf, ownProcessName } from './process-name.ts'

/** After this time a user that cannot be seen from here (of another container, before a restart) is taken for gone. */
const forgottenMs = 48 * 3_600_000

const aboutFile = 'about.json'

/** Where notes about an entry may be kept beside it; they go when it goes. */
export const notesOf = (root: string, entry: string): string => join(root, 'uses', entry)

/**
 * Says that this process uses an entry of a folder that many processes share, until it ends: nobody takes the entry away
 * until then. `about` tells people what the entry is. Call it before looking whether the entry is there.
 */
export async function markUse(root: string, entry: string, about: unknown): Promise<void> {
  const folder = notesOf(root, entry)
  const text = `${JSON.stringify(about)}\n`
  await withLock(join(root, 'locks', `use-${entry}`), async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await liveUsers(folder)
    await writeFile(join(folder, await ownProcessName()), '')
    const path = join(folder, aboutFile)
    if ((await readIfAny(path)) !== text) await writeAtomically(path, text)
    const now = new Date()
    await utimes(path, now, now)
  })
}

/** What an entry is, and when it was last used, in milliseconds since 1970; null where nobody has said so. */
export async function lastUse(
  root: string,
  entry: string,
): Promise<{ about: unknown; usedAtMs: number } | null> {
  const path = join(notesOf(root, entry), aboutFile)
  const text = await readIfAny(path)
  return text === null ? null : { about: parseJson(text), usedAtMs: (await stat(path)).mtimeMs }
}

/** Does the work unless another process uses the entry now; a user who comes meanwhile waits. False if it was not done. */
export async function unlessUsed(root: string, entry: string, work: () => Promise<void>): Promise<boolean> {
  return withLock(join(root, 'locks', `use-${entry}`), async () => {
    if ((await liveUsers(notesOf(root, entry))).length > 0) return false
    await work()
    await rm(notesOf(root, entry), { recursive: true, force: true })
    return true
  })
}

/** Does the work under a lock if that is free now. False if somebody holds it. */
export async function ifFree(lock: string, work: () => Promise<void>): Promise<boolean> {
  let held = false
  const noting = async (): Promise<void> => {
    held = true
    await work()
  }
  try {
    await withLock(lock, noting, { waitMs: 0 })
    return true
  } catch (error) {
    if (error instanceof InfraError && !held) return false
    throw error
  }
}

/** Names of the processes that said so and live; the marks of others are removed. */
async function liveUsers(folder: string): Promise<string[]> {
  const live: string[] = []
  for (const name of await readdir(folder).catch(absent([] as string[]))) {
    // Process names begin with their number.
    if (!/^\d+-/.test(name)) continue
    const liveness = await livenessOf(name)
    const markedAt = (await stat(join(folder, name)).catch(absent(null)))?.mtimeMs ?? 0
    const gone = liveness === 'dead' || (liveness === 'unknown' && Date.now() - markedAt > forgottenMs)
    if (gone) await rm(join(folder, name), { force: true })
    else live.push(name)
  }
  return live
}

const readIfAny = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(absent(null))

function absent<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return error => {
    if (error.code === 'ENOENT') return value
    throw error
  }
}
