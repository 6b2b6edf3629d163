import { join } from 'node:path'
import type { Placement, PreparedSource, Workspaces } from '../contracts.ts'
import { oneAhead } from '../util/ahead.ts'
import { copyFolder, copyInto } from '../util/folders.ts'
import { stage } from '../util/git-stage.ts'
import { canonicalJson } from '../util/json.ts'
import { removeEntries } from '../util/layers-write.ts'
import { throwAway } from '../util/trash.ts'
import { apply } from './apply.ts'
import { capture } from './capture.ts'
import { filesOfFolder, plainLayers } from './files.ts'
import { replaceOwnPath } from './moved-paths.ts'
import { copyIndex, onWorkspace, writeOwnGit, type OwnGit } from './own-git.ts'
import { changesBase, commitWorkspace, place, trackedFiles } from './place.ts'
import { preparation } from './preparation.ts'
import { restore } from './restore.ts'
import { startOf } from './start.ts'
import { makePrivateFolder } from './work-root.ts'

export interface Roots {
  /** Keeps mirrors, checkouts and what was prepared, and is shared by all runs of a user. */
  cacheRoot: string
  /**
   * For what lives no longer than this process, to which it belongs. The caller sees to it that no folder above it holds
   * files that tools or agents look for upwards.
   */
  workRoot: string
}

/**
 * Workspaces that are copies of a prepared checkout, made one ahead of those who ask. Where the file system can (`reflink`),
 * they share its blocks until one of them is written to.
 */
export function copyWorkspaces(roots: Roots, kind: 'reflink' | 'copy' = 'copy'): Workspaces {
  // Copying takes long, and agents leave the time for it.
  const take = oneAhead<Awaited<ReturnType<typeof copyOf>>>()
  return {
    kind,
    ...preparation(roots.cacheRoot),
    async create(prepared, placement) {
      const name = canonicalJson([prepared.path, prepared.layer, placement])
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
  const start = await startOf(prepared)
  const { baseTree, builtAt, movedPaths, date } = start
  const own = { gitDir: join(folder, 'own.git'), workTree: join(folder, 'ws'), baseTree }
  await copyFolder(prepared.path, own.workTree)
  if (prepared.layer !== null) {
    removeEntries(plainLayers(own.workTree), [...start.gone, ...start.replaced])
    await copyInto(prepared.layer, own.workTree)
  }
  await replaceOwnPath(own.workTree, movedPaths, builtAt)
  writeOwnGit(own, start)
  await copyIndex(own, start)
  if (!changesBase(start, placement)) return own

  await place(filesOfFolder(own.workTree), placement, await trackedFiles(own))
  const placed = Object.keys(placement.files)
  await commitWorkspace(own.workTree, date, placed)
  return { ...own, baseTree: await stage({ ...onWorkspace(own), force: placed }) }
}
