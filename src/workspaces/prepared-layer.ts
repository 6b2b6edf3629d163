import { mkdir, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { Exec } from '../contracts.ts'
import type { Source } from '../model/suite.ts'
import { removePaths } from '../util/file-tree.ts'
import { copyFolder, removeFolder } from '../util/folders.ts'
import { listSubmodules } from '../util/git-stage.ts'
import { canonicalJson, sha256 } from '../util/json.ts'
import { markUse } from '../util/uses.ts'
import { takeBase } from './base.ts'
import { buildOnce } from './build-once.ts'
import { recordDigest } from './checkout-digest.ts'
import { aboutCheckout, partsOf, readRecord } from './checkout.ts'
import { keepLeftBehind, stateOf } from './left-behind.ts'
import { MovedPaths, findOwnPath } from './moved-paths.ts'
import { decidingSettings, prepareEnv, settingsFiles } from './prepare-env.ts'
import {
  changedPaths,
  copyFiles,
  filesToRead,
  filesOfBase,
  notShareable,
  type FilesToRead,
} from './prepare-reads.ts'
import { forgetSize } from './recorded-size.ts'
import { runPrepare } from './run-prepare.ts'

/** Changes whenever a layer of an earlier version of this program must not be used any more. */
const format = 1

/** What is known of a layer that `prepare` left, written beside it. Paths have one character a byte. */
export const PreparedRecord = z.strictObject({
  /**
   * Tree of all files of the checkout with the layer over it, but for ignored ones: the base of patches. Null where the layer
   * may lie over the checkout of any commit, and has nothing but ignored files.
   */
  baseTree: z.string().nullable(),
  /** Whether `prepare` changed tracked files, or left files that are not ignored. */
  changed: z.boolean(),
  /** What it removed of the checkout. */
  gone: z.array(z.string()),
  /** What is in the layer instead of something in the checkout. */
  replaced: z.array(z.string()),
  /** Where it was built, and which files say so. */
  builtAt: z.string(),
  movedPaths: MovedPaths,
})
export type PreparedRecord = z.infer<typeof PreparedRecord>

/**
 * Runs the commands of a source over its checkout and keeps only what they leave, unless that has been done before. The
 * folder has the same parts as that of a checkout. Throws InfraError with the output.
 */
export async function ensurePrepared(
  cacheRoot: string,
  checkout: string,
  source: Source,
  exec: Exec,
): Promise<string> {
  const { prepareReads } = source
  const read = prepareReads === null ? null : await filesToRead(checkout, prepareReads)
  const wanted = {
    kind: 'prepared' as const,
    key: preparedKey(source, read, process.env),
    about: { ...aboutCheckout(source), prepare: source.prepare },
    waitMs: source.prepareTimeoutMs + 3_600_000,
  }
  return buildOnce(cacheRoot, wanted, isReady, async (building, use) => {
    const { workTree, base, record } = partsOf(building)
    const from = partsOf(checkout).workTree
    const gitDir = join(from, '.git')
    if (read === null) await copyFolder(from, workTree)
    else await copyFiles(from, workTree, read)
    if (read !== null) await takeBase(workTree, base, gitDir)
    const filesBefore = read === null ? [] : await filesOfBase(base)
    const before = await stateOf(workTree)
    await runThere(building, use, cacheRoot, source, exec)
    // Whatever the commands did to it: they may have set up hooks or filters, which would run here, too.
    await rm(join(workTree, '.git'), { recursive: true, force: true })
    // Submodules that were fetched belonged to that repository.
    const submodules = await listSubmodules({ gitDir })
    await removePaths(
      workTree,
      submodules.map(path => Buffer.from(`${path}/.git`, 'latin1').toString()),
    )
    const baseTree = await takeBase(workTree, base, gitDir)
    const left = keepLeftBehind(workTree, before)
    if (read !== null) {
      const changes = changedPaths(filesBefore, await filesOfBase(base), left)
      if (changes.length > 0) throw notShareable(source, changes)
    }
    const made: PreparedRecord = {
      baseTree: read === null ? baseTree : null,
      changed: read === null && baseTree !== (await readRecord(checkout)).baseTree,
      ...left,
      builtAt: workTree,
      movedPaths: await findOwnPath(workTree),
    }
    await writeFile(record, JSON.stringify(made))
    await recordDigest(cacheRoot, use, building)
  })
}

export async function readPrepared(folder: string): Promise<PreparedRecord> {
  return PreparedRecord.parse(JSON.parse(await readFile(partsOf(folder).record, 'utf8')))
}

/**
 * What decides the content of a layer: the commit, or only the files that the commands see. Its folder is named by the first
 * 24 characters. The repository's address is not in it: a commit has the same files wherever it comes from.
 */
export function preparedKey(
  { commit, history, prepare, image }: Pick<Source, 'commit' | 'history' | 'prepare' | 'image'>,
  read: FilesToRead | null,
  host: NodeJS.ProcessEnv,
): string {
  // What is installed fits one image, or one kind of machine and one version of Node.
  const machine = image === null ? [process.platform, process.arch, process.versions.modules] : [image]
  const files = read === null ? { commit, history } : { read }
  const settings = decidingSettings(host, image === null)
  return sha256(canonicalJson({ format, ...files, prepare, machine, settings }))
}

async function runThere(
  building: string,
  use: string,
  cacheRoot: string,
  source: Source,
  exec: Exec,
): Promise<void> {
  const { workTree } = partsOf(building)
  const folders = {
    home: join(building, 'home'),
    temporary: join(building, 'tmp'),
    packages: join(await realpath(cacheRoot), 'packages'),
  }
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 })
  await markUse(cacheRoot, 'packages', {})
  for (const name of await readdir(folders.packages)) await forgetSize(cacheRoot, `packages/${name}`)
  const env = prepareEnv(process.env, folders, source.image === null)
  const access = {
    write: [workTree, ...Object.values(folders)],
    read: settingsFiles(env),
    network: 'open' as const,
    image: source.image,
  }
  const log = join(cacheRoot, 'logs', `${basename(use)}.log`)
  await runPrepare(source, exec, { cwd: workTree, log, env, access })
  await removeFolder(folders.home)
  await removeFolder(folders.temporary)
}

function isReady(folder: string): Promise<boolean> {
  return readPrepared(folder).then(
    () => true,
    () => false,
  )
}
