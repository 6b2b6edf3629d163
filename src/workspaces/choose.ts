import { join } from 'node:path'
import type { Workspaces } from '../contracts.ts'
import { findProgram, ownPath } from '../util/find-program.ts'
import { sharesBlocks } from '../util/folders.ts'
import { canBeLayer, whyNoOverlay } from '../util/overlay.ts'
import { copyWorkspaces, type Roots } from './copy.ts'
import { overlayWorkspaces } from './overlay.ts'

/**
 * The cheapest workspaces that work here, found by trying: overlays by the kernel, overlays by fuse-overlayfs, copies that
 * share blocks, plain copies. `mounts` = whether commands can be given overlays. Both folders of `roots` must be there.
 */
export async function chooseWorkspaces(roots: Roots, mounts: boolean): Promise<Workspaces> {
  const whiteout = join(roots.workRoot, 'whiteout')
  if (mounts && canBeLayer(roots.cacheRoot) && canBeLayer(roots.workRoot)) {
    const fuse = findProgram('fuse-overlayfs', ownPath())
    for (const program of fuse === null ? [null] : [null, fuse])
      if ((await whyNoOverlay(roots.workRoot, whiteout, program)) === null)
        return overlayWorkspaces({ ...roots, whiteout, fuse: program })
  }
  const isShared = await sharesBlocks(roots.cacheRoot, roots.workRoot)
  return copyWorkspaces(roots, isShared ? 'reflink' : 'copy')
}
