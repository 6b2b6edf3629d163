import { randomBytes } from 'node:crypto'
import { mkdir, realpath, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Placement, PreparedSource, Workspace, Workspaces } from '../contracts.ts'
import { copyFolder } from '../util/folders.ts'
import { stage } from '../util/git-stage.ts'
import { apply } from './apply.ts'
import { capture } from './capture.ts'
import { partsOf, prepareCheckout, readRecord } from './checkout.ts'
import { readFix } from './fix.ts'
import { replaceOwnPath } from './moved-paths.ts'
import { onWorkspace, writeOwnGit, type OwnGit } from './own-git.ts'
import { commitWorkspace, placeFiles } from './place.ts'
import { restore } from './restore.ts'
import { removeQuietly } from './work-root.ts'

/**
 * Workspaces that are plain copies of a prepared checkout.
 *
 * `cacheRoot` keeps mirrors and checkouts and is shared by all runs of a user; `workRoot` is for the copies and belongs to
 * this process. The caller sees to it that no folder above `workRoot` holds files that tools or agents look for upwards.
 */
export function copyWorkspaces(roots: { cacheRoot: string; workRoot: string }): Workspaces {
  const preparing = new Map<string, Promise<PreparedSource>>()
  return {
    kind: 'copy',
    async prepare(source, exec) {
      await mkdir(roots.cacheRoot, { recursive: true, mode: 0o700 })
      // Callers at the same time share one attempt, also a failing one.
      const id = JSON.stringify(source)
      const running = preparing.get(id) ?? prepareCheckout(roots.cacheRoot, source, exec)
      preparing.set(id, running)
      return running.finally(() => preparing.delete(id))
    },
    create: (prepared, placement) => create(roots.workRoot, prepared, placement),
    readFix: (source, fix) => readFix(roots.cacheRoot, source, fix),
  }
}

async function create(workRoot: string, prepared: PreparedSource, placement: Placement): Promise<Workspace> {
  await mkdir(workRoot, { recursive: true, mode: 0o700 })
  const folder = join(await realpath(workRoot), randomBytes(6).toString('hex'))
  await mkdir(folder, { mode: 0o700 })
  try {
    const own = await fill(folder, prepared, placement)
    return {
      path: own.workTree,
      capture: () => capture(own),
      apply: patch => apply(own, patch),
      restore: paths => restore(own, paths),
      dispose: () => dispose(folder),
    }
  } catch (error) {
    await dispose(folder)
    throw error
  }
}

async function fill(folder: string, prepared: PreparedSource, placement: Placement): Promise<OwnGit> {
  const checkout = dirname(prepared.path)
  const record = await readRecord(checkout)
  const own = { gitDir: join(folder, 'own.git'), workTree: join(folder, 'ws'), baseTree: record.baseTree }
  await copyFolder(prepared.path, own.workTree)
  await replaceOwnPath(own.workTree, record.movedPaths, record.builtAt)
  await writeOwnGit(own, partsOf(checkout))

  const placed = Object.keys(placement.files)
  if (!record.changed && placed.length === 0 && placement.strip.length === 0) return own
  await placeFiles(own, placement)
  await commitWorkspace(own.workTree, record.date, placed)
  return { ...own, baseTree: await stage({ ...onWorkspace(own), force: placed }) }
}

/** The folder is gone for everybody at once, even if taking it off the disk lasts or is cut short. */
async function dispose(folder: string): Promise<void> {
  const trash = `${folder}-trash`
  await rename(folder, trash).then(
    () => removeQuietly(trash),
    () => removeQuietly(folder),
  )
}
