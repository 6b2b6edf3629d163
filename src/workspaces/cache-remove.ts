import { randomBytes } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { relative } from 'node:path'
import { removeFolder } from '../util/folders.ts'
import { ifFree, unlessUsed } from '../util/uses.ts'
import type { CacheEntry } from './cache-entries.ts'
import { forgetSize } from './recorded-size.ts'

/** A repository of a folder has no lock: while it is younger, it may still be under construction. */
const buildingMs = 3_600_000

/** Takes an entry out of the cache. False if somebody builds or uses it now: then nothing is done. */
export async function removeEntry(cacheRoot: string, entry: CacheEntry): Promise<boolean> {
  const young = Date.now() - Date.parse(entry.usedAt) < buildingMs
  if (entry.kind === 'leftover' && entry.lock === null && young) return false
  let removed = false
  const remove = async (): Promise<void> => {
    // Gone for everybody at once; taking it off the disk may last. The lock is held until then.
    const trash = `${entry.path}-${randomBytes(4).toString('hex')}`
    removed = await unlessUsed(cacheRoot, entry.use, () => rename(entry.path, trash))
    if (removed) await forgetSize(cacheRoot, relative(cacheRoot, entry.path))
    if (removed) await removeFolder(trash)
  }
  if (entry.lock === null) await remove()
  else await ifFree(entry.lock, remove)
  return removed
}

export interface PruneLimits {
  /** Null = as much as there is. */
  maxBytes: number | null
  /** Null = however old. */
  olderThanMs: number | null
}

/** Which entries go: leftovers and what is too old, then the least recently used until the rest is small enough. */
export function choosePruned(
  entries: readonly CacheEntry[],
  limits: PruneLimits,
  nowMs: number,
): CacheEntry[] {
  const isDue = (entry: CacheEntry): boolean =>
    entry.kind === 'leftover' ||
    (limits.olderThanMs !== null && nowMs - Date.parse(entry.usedAt) > limits.olderThanMs)
  const due = entries.filter(isDue)
  const rest = entries
    .filter(entry => !isDue(entry))
    .toSorted((a, b) => Date.parse(a.usedAt) - Date.parse(b.usedAt))
  let left = rest.reduce((sum, entry) => sum + entry.bytes, 0)
  const tooMany = rest.filter(entry => {
    if (limits.maxBytes === null || left <= limits.maxBytes) return false
    left -= entry.bytes
    return true
  })
  return [...due, ...tooMany]
}
