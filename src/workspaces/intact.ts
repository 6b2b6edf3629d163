import { randomBytes } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Exec, PreparedSource } from '../contracts.ts'
import type { Source } from '../model/suite.ts'
import { sha256 } from '../util/json.ts'
import type { Immutable } from './build-once.ts'
import { checkEntry } from './cache-check.ts'
import type { About } from './cache-entries.ts'
import { hasRecordedStats, recordStats } from './checkout-digest.ts'
import { aboutCheckout, checkoutKey, ensureCheckout, partsOf } from './checkout.ts'
import { ensurePrepared } from './prepared-layer.ts'

/**
 * Prepares a source, and makes sure that what was kept of it is what it was when it was made: an agent that ran without a
 * sandbox could have changed it, and every later trial would start from that. What was changed is built anew.
 */
export async function prepareIntact(cacheRoot: string, source: Source, exec: Exec): Promise<PreparedSource> {
  const about = aboutCheckout(source)
  const make = () => ensureCheckout(cacheRoot, source)
  const checkout = await intact(cacheRoot, 'checkout', about, make)
  const { workTree: path } = partsOf(checkout.folder)
  const key = checkoutKey(source)
  if (source.prepare.length === 0) return { source, path, layer: null, key, damage: checkout.damage }

  const layer = await intact(cacheRoot, 'prepared', { ...about, prepare: source.prepare }, () =>
    ensurePrepared(cacheRoot, checkout.folder, source, exec),
  )
  return {
    source,
    path,
    layer: partsOf(layer.folder).workTree,
    key: sha256(`${key} ${basename(layer.folder)}`),
    damage: [checkout.damage, layer.damage].filter(damage => damage !== null).join('; ') || null,
  }
}

async function intact(
  cacheRoot: string,
  kind: Immutable,
  about: About,
  make: () => Promise<string>,
): Promise<{ folder: string; damage: string | null }> {
  const folder = await make()
  const wrong = await whatIsWrongWith(cacheRoot, kind, about, folder)
  if (wrong.length === 0) return { folder, damage: null }
  // Removed by whoever builds it.
  await rename(folder, `${folder}-${randomBytes(4).toString('hex')}`)
  return { folder: await make(), damage: wrong.join('; ') }
}

/** Where the file system tells of a change, all contents are checked. Half sentences, none if all is well. */
async function whatIsWrongWith(
  cacheRoot: string,
  kind: Immutable,
  about: About,
  path: string,
): Promise<string[]> {
  const name = basename(path)
  const use = `${kind}-${name}`
  if (await hasRecordedStats(cacheRoot, use, path)) return []
  const entry = { kind, name, path, about, bytes: 0, usedAt: '', lock: null, use }
  const wrong = await checkEntry(cacheRoot, entry)
  if (wrong !== null && wrong.length > 0) return wrong
  await recordStats(cacheRoot, use, path)
  return []
}
