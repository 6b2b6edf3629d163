import { randomBytes } from 'node:crypto'
import { mkdir, readFile, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Exec, PreparedSource } from '../contracts.ts'
import type { Source } from '../model/suite.ts'
import { removePaths } from '../util/file-tree.ts'
import { listSubmodules } from '../util/git-stage.ts'
import { copyFolder, removeFolder } from '../util/folders.ts'
import { canonicalJson, sha256 } from '../util/json.ts'
import { withLock } from '../util/lock.ts'
import { withoutCredentials } from '../util/git.ts'
import { markUse } from '../util/uses.ts'
import { takeBase } from './base.ts'
import { recordDigest, recordStats } from './checkout-digest.ts'
import { writeFiles } from './files-of-commit.ts'
import { writeHistory } from './history.ts'
import { ensureCommit } from './mirror.ts'
import { MovedPaths, findOwnPath } from './moved-paths.ts'
import { prepareEnv, settingsFiles } from './prepare-env.ts'
import { runPrepare } from './run-prepare.ts'
import { forgetSize } from './recorded-size.ts'
import { removeQuietly } from './work-root.ts'

/** Changes whenever a checkout of an earlier version of this program must not be used any more. */
const format = 1

/** What is known of a prepared checkout, written beside it. */
export const CheckoutRecord = z.strictObject({
  /** The commit of branch `main`, and the date for commits that follow it. */
  head: z.string(),
  date: z.number(),
  /** Tree of all files as they are on disk, but for ignored ones: the base of patches. */
  baseTree: z.string(),
  /** Whether `prepare` changed tracked files, or left files that are not ignored. */
  changed: z.boolean(),
  /** Where it was built, and which files say so. */
  builtAt: z.string(),
  movedPaths: MovedPaths,
})
export type CheckoutRecord = z.infer<typeof CheckoutRecord>

/** Where the parts of a checkout are: `workTree` is all that agents ever see of it. */
export const partsOf = (folder: string): { workTree: string; base: string; record: string } => ({
  workTree: join(folder, 'ws'),
  base: join(folder, 'base.git'),
  record: join(folder, 'record.json'),
})

/** Fetches and prepares a source, unless that has been done before. Throws InfraError. */
export async function prepareCheckout(
  cacheRoot: string,
  source: Source,
  exec: Exec,
): Promise<PreparedSource> {
  const key = keyOf(source)
  const checkouts = join(await realpath(cacheRoot), 'checkouts')
  await mkdir(checkouts, { recursive: true, mode: 0o700 })
  const name = key.slice(0, 24)
  const folder = join(checkouts, name)
  const { git, commit, history, prepare } = source
  const about = { git: withoutCredentials(git), commit, history, prepare }
  await markUse(cacheRoot, `checkout-${name}`, about)
  if (!(await isReady(folder))) {
    const waitMs = source.prepareTimeoutMs + 3_600_000
    const lock = join(cacheRoot, 'locks', `checkout-${name}`)
    await withLock(lock, () => buildInto(folder, checkouts, cacheRoot, source, exec), { waitMs })
  }
  return { source, path: partsOf(folder).workTree, key, damage: null }
}

export async function readRecord(folder: string): Promise<CheckoutRecord> {
  return CheckoutRecord.parse(JSON.parse(await readFile(partsOf(folder).record, 'utf8')))
}

const records = new Map<string, Promise<CheckoutRecord>>()

/** The record of a checkout that was prepared by this process: it is immutable, and asked for by every trial. */
export function recordOf(folder: string): Promise<CheckoutRecord> {
  const record = records.get(folder) ?? readRecord(folder)
  records.set(folder, record)
  record.catch(() => records.delete(folder))
  return record
}

/** What decides the content of a checkout. Its folder is named by the first 24 characters. */
export function keyOf({
  git,
  commit,
  history,
  prepare,
  image,
}: Pick<Source, 'git' | 'commit' | 'history' | 'prepare' | 'image'>): string {
  // What is installed fits one image, or one kind of machine and one version of Node.
  const programs = image === null ? [process.platform, process.arch, process.versions.modules] : [image]
  const machine = prepare.length === 0 ? null : programs
  return sha256(canonicalJson({ format, git, commit, history, prepare, machine }))
}

async function isReady(folder: string): Promise<boolean> {
  return readRecord(folder).then(
    () => true,
    () => false,
  )
}

/** Built aside and renamed in: a crash at any moment leaves a whole checkout or none. */
async function buildInto(
  folder: string,
  checkouts: string,
  cacheRoot: string,
  source: Source,
  exec: Exec,
): Promise<void> {
  if (await isReady(folder)) return
  const leftovers = (await readdir(checkouts)).filter(name => join(checkouts, name).startsWith(folder))
  for (const name of leftovers) await removeFolder(join(checkouts, name))
  const mirror = await ensureCommit(cacheRoot, source.git, source.commit)
  const building = `${folder}-${randomBytes(4).toString('hex')}`
  await mkdir(building, { mode: 0o700 })
  try {
    const record = await build(building, mirror, cacheRoot, source, exec)
    await writeFile(partsOf(building).record, JSON.stringify(record))
    if (source.prepare.length > 0) await recordDigest(cacheRoot, folder, partsOf(building).workTree)
    await rename(building, folder)
    await recordStats(cacheRoot, folder)
  } catch (error) {
    await removeQuietly(building)
    throw error
  }
}

async function build(
  building: string,
  mirror: string,
  cacheRoot: string,
  source: Source,
  exec: Exec,
): Promise<CheckoutRecord> {
  const { workTree, base } = partsOf(building)
  const gitDir = join(workTree, '.git')
  const { head, date } = await writeHistory(mirror, source, gitDir)
  await writeFiles(gitDir, workTree, date)
  let baseTree = await takeBase(workTree, base)
  let changed = false
  let movedPaths: MovedPaths = { files: [], links: [] }
  if (source.prepare.length > 0) {
    await prepareThere(building, cacheRoot, source, exec)
    const before = baseTree
    baseTree = await takeBase(workTree, base)
    changed = baseTree !== before
    movedPaths = await findOwnPath(workTree)
  }
  return { head, date, baseTree, changed, builtAt: workTree, movedPaths }
}

/** Whatever the commands do to `.git` is undone: they may have set up hooks or filters, which would run here, too. */
async function prepareThere(building: string, cacheRoot: string, source: Source, exec: Exec): Promise<void> {
  const { workTree } = partsOf(building)
  const gitDir = join(workTree, '.git')
  const pristine = join(building, 'pristine.git')
  const folders = {
    home: join(building, 'home'),
    temporary: join(building, 'tmp'),
    packages: join(await realpath(cacheRoot), 'packages'),
  }
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 })
  await markUse(cacheRoot, 'packages', {})
  for (const name of await readdir(folders.packages)) await forgetSize(cacheRoot, `packages/${name}`)
  await copyFolder(gitDir, pristine)
  const log = join(cacheRoot, 'logs', `prepare-${keyOf(source).slice(0, 24)}.log`)
  const env = prepareEnv(process.env, folders, source.image === null)
  const access = {
    write: [workTree, ...Object.values(folders)],
    read: settingsFiles(env),
    network: 'open' as const,
    image: source.image,
  }
  await runPrepare(source, exec, { cwd: workTree, log, env, access })
  await rm(gitDir, { recursive: true, force: true })
  await rename(pristine, gitDir)
  // Submodules that were fetched now belong to a repository that is gone.
  const submodules = await listSubmodules({ gitDir })
  const markers = submodules.map(path => Buffer.from(`${path}/.git`, 'latin1').toString())
  await removePaths(workTree, markers)
  await removeFolder(folders.home)
  await removeFolder(folders.temporary)
}
