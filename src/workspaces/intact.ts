import { createHash, randomBytes } from 'node:crypto'
import { lstatSync, readdirSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Exec, PreparedSource } from '../contracts.ts'
import type { Source } from '../model/suite.ts'
import { withoutCredentials } from '../util/git.ts'
import { notesOf } from '../util/uses.ts'
import { checkEntry } from './cache-check.ts'
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
  const anew = await prepareCheckout(cacheRoot, source, exec)
  await whatIsWrongWith(cacheRoot, anew)
  return { ...anew, damage: wrong.join('; ') }
}

/**
 * What the file system tells of the files is compared first: sizes, and times of their last change, which no program can set.
 * Where that differs, all contents are checked against the commit's id. Half sentences, none if nothing is wrong.
 */
async function whatIsWrongWith(cacheRoot: string, { path, source }: PreparedSource): Promise<string[]> {
  const checkout = dirname(path)
  const name = basename(checkout)
  const note = join(notesOf(cacheRoot, `checkout-${name}`), 'stat.sha256')
  const now = statDigest(checkout)
  if ((await readFile(note, 'utf8').catch(() => null)) === now) return []
  const { git, commit, history, prepare } = source
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
  await mkdir(dirname(note), { recursive: true, mode: 0o700 })
  await writeFile(note, now)
  return []
}

function statDigest(root: string): string {
  const hash = createHash('sha256')
  const visit = (folder: string): void => {
    for (const name of readdirSync(Buffer.from(folder, 'latin1'), 'latin1').toSorted()) {
      const path = `${folder}/${name}`
      const { ino, size, mode, ctimeNs } = lstatSync(Buffer.from(path, 'latin1'), { bigint: true })
      hash.update(`${path}\0${ino} ${size} ${mode} ${ctimeNs}\n`)
      if ((Number(mode) & 0o170000) === 0o040000) visit(path)
    }
  }
  visit(Buffer.from(root).toString('latin1'))
  return hash.digest('hex')
}
