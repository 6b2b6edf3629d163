import { dirname, join } from 'node:path'
import { mkdir } from 'node:fs/promises'
import type { Placement, PreparedSource, Workspaces } from '../contracts.ts'
import { oneAhead } from '../util/ahead.ts'
import { copyFolder } from '../util/folders.ts'
import { stage } from '../util/git-stage.ts'
import { canonicalJson } from '../util/json.ts'
import { throwAway } from '../util/trash.ts'
import { apply } from './apply.ts'
import { capture } from './capture.ts'
import { partsOf, recordOf } from './checkout.ts'
import { filesOfFolder } from './files.ts'
import { prepareIntact } from './intact.ts'
import { readFix } from './fix.ts'
import { replaceOwnPath } from './moved-paths.ts'
import { copyIndex, onWorkspace, writeOwnGit, type OwnGit } from './own-git.ts'
import { changesBase, commitWorkspace, place, trackedFiles } from './place.ts'
import { restore } from './restore.ts'
import { makePrivateFolder } from './work-root.ts'

export interface Roots {
  /** Keeps mirrors and checkouts, and is shared by all runs of a user. */
  cacheRoot: string
  /**
   * For what lives no longer than this process, to which it belongs. The caller sees to it that no folder above it holds
   * files that tools or agents look for upwards.
   */
  workRoot: string
}

/** Workspaces that are plain copies of a prepared checkout, made one ahead of those who ask. */
export function copyWorkspaces(roots: Roots): Workspaces {
  // Copying takes long, and agents leave the time for it.
  const take = oneAhead<Awaited<ReturnType<typeof copyOf>>>()
  return {
    kind: 'copy',
    ...preparation(roots),
    async create(prepared, placement) {
      const name = canonicalJson([prepared.path, placement])
      const { folder, own } = await take(name, () => copyOf(roots.workRoot, prepared, placement))
      return {
        path: own.workTree,
        overlay: null,
        files: filesOfFolder(own.workTree),
        capture: () => capture(own),
        apply: patch => apply(own, patch),
        restore: paths => restore(own, paths),
        dispose: async () => throwAway(folder),
      }
    },
  }
}

/** How sources are made ready, whatever workspaces are made of them. */
export function preparation({ cacheRoot }: Roots): Pick<Workspaces, 'prepare' | 'readFix'> {
  const preparing = new Map<string, Promise<PreparedSource>>()
  return {
    async prepare(source, exec) {
      await mkdir(cacheRoot, { recursive: true, mode: 0o700 })
      // Callers at the same time share one attempt, also a failing one.
      const id = JSON.stringify(source)
      const running = preparing.get(id) ?? prepareIntact(cacheRoot, source, exec)
      preparing.set(id, running)
      return running.finally(() => preparing.delete(id))
    },
    readFix: (source, fix) => readFix(cacheRoot, source, fix),
  }
}

/** A copy of a prepared source with a placement committed into it, in a private folder of its own. */
export async function copyOf(
  workRoot: string,
  prepared: PreparedSource,
  placement: Placement,
): Promise<{ folder: string; own: OwnGit }> {
  const folder = makePrivateFolder(workRoot)
  try {
    return { folder, own: await fill(folder, prepared, placement) }
  } catch (error) {
    throwAway(folder)
    throw error
  }
}

async function fill(folder: string, prepared: PreparedSource, placement: Placement): Promise<OwnGit> {
  const checkout = dirname(prepared.path)
  const record = await recordOf(checkout)
  const own = { gitDir: join(folder, 'own.git'), workTree: join(folder, 'ws'), baseTree: record.baseTree }
  await copyFolder(prepared.path, own.workTree)
  await replaceOwnPath(own.workTree, record.movedPaths, record.builtAt)
  writeOwnGit(own, partsOf(checkout))
  await copyIndex(own, partsOf(checkout))
  if (!changesBase(record, placement)) return own

  await place(filesOfFolder(own.workTree), placement, await trackedFiles(own))
  const placed = Object.keys(placement.files)
  await commitWorkspace(own.workTree, record.date, placed)
  return { ...own, baseTree: await stage({ ...onWorkspace(own), force: placed }) }
}
