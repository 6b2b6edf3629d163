import { relative } from 'node:path'
import { listCache } from './cache-entries.ts'
import { choosePruned, removeEntry } from './cache-remove.ts'
import { recordedSize } from './recorded-size.ts'

/**
 * Removes what was not used for longest, never what somebody uses now, until the cache is no larger than that. Goes by sizes
 * that were recorded before, so it is quick where nothing is new. Returns how many bytes it freed.
 */
export async function keepCacheSmall(cacheRoot: string, maxBytes: number): Promise<number> {
  const entries = await listCache(cacheRoot, path => recordedSize(cacheRoot, relative(cacheRoot, path)))
  let freed = 0
  for (const entry of choosePruned(entries, { maxBytes, olderThanMs: null }, Date.now()))
    if (await removeEntry(cacheRoot, entry)) freed += entry.bytes
  return freed
}
