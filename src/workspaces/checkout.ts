import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Source } from '../model/suite.ts'
import { withoutCredentials } from '../util/git.ts'
import { canonicalJson, sha256 } from '../util/json.ts'
import { takeBase } from './base.ts'
import { buildOnce } from './build-once.ts'
import { writeFiles } from './files-of-commit.ts'
import { writeHistory } from './history.ts'
import { ensureCommit } from './mirror.ts'

/** Changes whenever a checkout of an earlier version of this program must not be used any more. */
const format = 2

/** What is known of a checkout, written beside it. */
export const CheckoutRecord = z.strictObject({
  /** The commit of branch `main`, and the date for commits that follow it. */
  head: z.string(),
  date: z.number(),
  /** Tree of all files as they are on disk: the base of patches. */
  baseTree: z.string(),
})
export type CheckoutRecord = z.infer<typeof CheckoutRecord>

/** Where the parts of a checkout are: `workTree` is all that agents ever see of it. */
export const partsOf = (folder: string): { workTree: string; base: string; record: string } => ({
  workTree: join(folder, 'ws'),
  base: join(folder, 'base.git'),
  record: join(folder, 'record.json'),
})

/** What a checkout is, for people. */
export const aboutCheckout = ({ git, commit, history }: Source) => ({
  git: withoutCredentials(git),
  commit,
  history,
})

/** Fetches a source and checks its commit out, unless that has been done before. Throws InfraError. */
export function ensureCheckout(cacheRoot: string, source: Source): Promise<string> {
  const wanted = {
    kind: 'checkout' as const,
    key: checkoutKey(source),
    about: aboutCheckout(source),
    waitMs: 3_600_000,
  }
  return buildOnce(cacheRoot, wanted, isReady, async building => {
    const mirror = await ensureCommit(cacheRoot, source.git, source.commit)
    const { workTree, base, record } = partsOf(building)
    const gitDir = join(workTree, '.git')
    const { head, date } = await writeHistory(mirror, source, gitDir)
    await writeFiles(gitDir, workTree, date)
    const made: CheckoutRecord = { head, date, baseTree: await takeBase(workTree, base, gitDir) }
    await writeFile(record, JSON.stringify(made))
  })
}

export async function readRecord(folder: string): Promise<CheckoutRecord> {
  return CheckoutRecord.parse(JSON.parse(await readFile(partsOf(folder).record, 'utf8')))
}

/** What decides the content of a checkout. Its folder is named by the first 24 characters. */
export function checkoutKey({ git, commit, history }: Pick<Source, 'git' | 'commit' | 'history'>): string {
  return sha256(canonicalJson({ format, git, commit, history }))
}

function isReady(folder: string): Promise<boolean> {
  return readRecord(folder).then(
    () => true,
    () => false,
  )
}
