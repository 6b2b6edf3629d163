import { randomBytes } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Exec, PreparedSource } from '../contracts.ts'
import type { Source } from '../model/suite.ts'
import { withoutCredentials } from '../util/git.ts'
import { checkEntry } from './cache-check.ts'
import { hasRecordedStats, recordStats } from './checkout-digest.ts'
import { prepareCheckout } from './checkout.ts'

/**
 * Prepares a source, and makes sure that a checkout which was kept is what it was when it was made: an agent that ran without
 * a sandbox could have changed it, and every later trial would start from that. A changed one is built anew.
 */
export async function prepareIntact(cacheRoot: string, source: Source, exec: Exec): Promise<PreparedSource> {
  const prepared = await prepareCheckout(cacheRoot, source, exec)
  const wrong = await whatIsWrongWith(cacheRoot, prepared)
  if (wrong.length === 0) return prepared
  const checkout = dirname(prepared.path)
  // Removed by whoever builds it.
  await rename(checkout, `${checkout}-${randomBytes(4).toString('hex')}`)
  return { ...(await prepareCheckout(cacheRoot, source, exec)), damage: wrong.join('; ') }
}

/** Where the file system tells of a change, all contents are checked against the commit's id. Half sentences, none if all is well. */
async function whatIsWrongWith(cacheRoot: string, { path, source }: PreparedSource): Promise<string[]> {
  const checkout = dirname(path)
  if (await hasRecordedStats(cacheRoot, checkout)) return []
  const { git, commit, history, prepare } = source
  const name = basename(checkout)
  const wrong = await checkEntry(cacheRoot, {
    kind: 'checkout',
    name,
    path: checkout,
    about: { git: withoutCredentials(git), commit, history, prepare },
    bytes: 0,
    usedAt: '',
    lock: null,
    use: `checkout-${name}`,
  })
  if (wrong !== null && wrong.length > 0) return wrong
  await recordStats(cacheRoot, checkout)
  return []
}
