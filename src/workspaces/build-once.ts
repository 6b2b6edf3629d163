import { randomBytes } from 'node:crypto'
import { mkdir, readdir, realpath, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { removeFolder } from '../util/folders.ts'
import { withLock } from '../util/lock.ts'
import { markUse } from '../util/uses.ts'
import { recordStats } from './checkout-digest.ts'
import { removeQuietly } from './work-root.ts'

/** Folders of the cache that are made once and never written to again, and where they stand in it. */
const places = { checkout: 'checkouts', prepared: 'prepared' } as const
export type Immutable = keyof typeof places

/** The folder that is named by a key, and under which name its users say that they use it. */
export async function folderFor(
  cacheRoot: string,
  kind: Immutable,
  key: string,
): Promise<{ folder: string; use: string }> {
  const place = join(cacheRoot, places[kind])
  await mkdir(place, { recursive: true, mode: 0o700 })
  const name = key.slice(0, 24)
  return { folder: join(await realpath(place), name), use: `${kind}-${name}` }
}

/**
 * Returns the folder that is named by a key, and builds it if it is not there, once for all processes. It is built aside and
 * renamed in: a crash at any moment leaves a whole folder or none.
 */
export async function buildOnce(
  cacheRoot: string,
  wanted: { kind: Immutable; key: string; about: object; waitMs: number },
  isReady: (folder: string) => Promise<boolean>,
  build: (building: string, use: string) => Promise<void>,
): Promise<string> {
  const { folder, use } = await folderFor(cacheRoot, wanted.kind, wanted.key)
  await markUse(cacheRoot, use, wanted.about)
  if (await isReady(folder)) return folder
  const locked = async (): Promise<void> => {
    if (await isReady(folder)) return
    await removeLeftovers(folder)
    const building = `${folder}-${randomBytes(4).toString('hex')}`
    await mkdir(building, { mode: 0o700 })
    try {
      await build(building, use)
      await rename(building, folder)
      await recordStats(cacheRoot, use, folder)
    } catch (error) {
      await removeQuietly(building)
      throw error
    }
  }
  await withLock(join(cacheRoot, 'locks', use), locked, { waitMs: wanted.waitMs })
  return folder
}

/** Of those who died while they built it, and what was found to be damaged. */
async function removeLeftovers(folder: string): Promise<void> {
  const around = join(folder, '..')
  const names = (await readdir(around)).filter(name => join(around, name).startsWith(folder))
  for (const name of names) await removeFolder(join(around, name))
}
