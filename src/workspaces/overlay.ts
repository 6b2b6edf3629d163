import { join } from 'node:path'
import type { Workspace, Workspaces } from '../contracts.ts'
import { copyUp, type WritableLayers } from '../util/layers-write.ts'
import type { Overlay } from '../util/overlay.ts'
import { throwAway } from '../util/trash.ts'
import { filesOfLayers } from './files.ts'
import { replaceOwnPath, type MovedPaths } from './moved-paths.ts'
import { applyToLayers, restoreLayers } from './overlay-apply.ts'
import { noPatch } from './diff-trees.ts'
import { captureOverlay, isUntouched } from './overlay-capture.ts'
import { layersOf, layOver, type OverlayRoots } from './overlay-layers.ts'
import { placedBases, type Base } from './overlay-base.ts'
import { writeOwnGit, type OwnGit } from './own-git.ts'
import { preparation } from './preparation.ts'
import { startOf } from './start.ts'
import { makePrivateFolder } from './work-root.ts'

/**
 * Workspaces in which commands see a checkout and what was prepared over it under a layer that takes all that they change. Making one costs a few
 * empty folders, whatever the size of the repository: the kernel mounts the layers for each command, and they are gone with
 * it.
 */
export function overlayWorkspaces(roots: OverlayRoots): Workspaces {
  const baseOf = placedBases(roots)
  return {
    kind: roots.fuse === null ? 'overlay' : 'fuse-overlayfs',
    ...preparation(roots.cacheRoot),
    async create(prepared, placement) {
      const { movedPaths } = await startOf(prepared)
      const base = await baseOf(prepared, placement)
      const folder = makePrivateFolder(roots.workRoot)
      const overlay = layOver(folder, base.lower, roots.fuse)
      const layers = layersOf(overlay, roots.whiteout)
      await nameOwnPath(layers, overlay, movedPaths, base.builtAt)
      return workspaceOf(folder, overlay, layers, base)
    },
  }
}

function workspaceOf(folder: string, overlay: Overlay, layers: WritableLayers, base: Base): Workspace {
  let made: Promise<OwnGit> | null = null
  // Most workspaces never need one.
  const own = (): Promise<OwnGit> => (made ??= makeOwnGit(join(folder, 'own.git'), overlay, base))
  return {
    path: overlay.at,
    overlay,
    files: filesOfLayers(layers, overlay.at),
    capture: async () => (isUntouched(overlay) ? noPatch : captureOverlay(await own(), overlay)),
    apply: async patch => applyToLayers(await own(), layers, patch, base.index),
    restore: async paths => restoreLayers(await own(), layers, paths),
    dispose: async () => throwAway(folder),
  }
}

async function makeOwnGit(gitDir: string, overlay: Overlay, base: Base): Promise<OwnGit> {
  const own = { gitDir, workTree: overlay.at, baseTree: base.baseTree }
  writeOwnGit(own, base)
  return own
}

/** Files of the checkout that name its folder are to name this one. */
async function nameOwnPath(
  layers: WritableLayers,
  overlay: Overlay,
  moved: MovedPaths,
  builtAt: string,
): Promise<void> {
  for (const path of [...moved.files, ...moved.links]) copyUp(layers, path)
  await replaceOwnPath(overlay.upper, moved, builtAt, overlay.at)
}
