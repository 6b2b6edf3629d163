import { join } from 'node:path'
import type { Placement, PreparedSource } from '../contracts.ts'
import { git } from '../util/git.ts'
import { canonicalJson, sha256 } from '../util/json.ts'
import { removeEntries } from '../util/layers-write.ts'
import { mounted } from '../util/overlay.ts'
import { Unusual } from '../util/unusual.ts'
import { copyOf } from './copy.ts'
import { filesOfLayers } from './files.ts'
import { treeOf } from './overlay-capture.ts'
import { layersOf, layOver, type OverlayRoots } from './overlay-layers.ts'
import { writeOwnGit } from './own-git.ts'
import { changesBase, commitWorkspace, place, trackedFiles } from './place.ts'
import { startOf, type Start } from './start.ts'
import { makePrivateFolder } from './work-root.ts'

/** What the layers of workspaces lie over: the start of their source, or that with a placement. */
export type Base = Pick<Start, 'lower' | 'baseTree' | 'index' | 'exclude' | 'objects' | 'builtAt'>

export type BaseOf = (prepared: PreparedSource, placement: Placement) => Promise<Base>

/**
 * Finds what workspaces with a placement start from. The first of them has the files placed and committed in a layer of its
 * own; the others, and the gradings, share it.
 */
export function placedBases(roots: OverlayRoots): BaseOf {
  const made = new Map<string, Promise<Base>>()
  return async (prepared, placement) => {
    const start = await startOf(prepared)
    if (!changesBase(start, placement)) return start
    const name = sha256(canonicalJson({ key: prepared.key, placement }))
    const base = made.get(name) ?? placed(prepared, placement, start, roots)
    made.set(name, base)
    // Another call tries again: the fault may pass.
    base.catch(() => made.delete(name))
    return base
  }
}

async function placed(
  prepared: PreparedSource,
  placement: Placement,
  start: Start,
  { workRoot, whiteout, fuse }: OverlayRoots,
): Promise<Base> {
  const folder = makePrivateFolder(workRoot)
  const overlay = layOver(folder, start.lower, fuse)
  const own = { gitDir: join(folder, 'own.git'), workTree: overlay.at, baseTree: start.baseTree }
  writeOwnGit(own, start)
  const layers = layersOf(overlay, whiteout)
  removeEntries(layers, start.gone)
  await place(filesOfLayers(layers, overlay.at), placement, await trackedFiles(own))
  const names = Object.keys(placement.files)
  const { exclude } = start
  try {
    const baseTree = await treeOf(own, overlay, names)
    await commitWorkspace(overlay.at, start.date, names, argv => mounted(overlay, argv))
    const objects = [...start.objects, join(own.gitDir, 'objects')]
    await git(['read-tree', baseTree], { gitDir: own.gitDir })
    const index = join(own.gitDir, 'index')
    return {
      lower: [overlay.upper, ...start.lower],
      baseTree,
      index,
      exclude,
      objects,
      builtAt: start.builtAt,
    }
  } catch (error) {
    if (!(error instanceof Unusual)) throw error
    const copy = await copyOf(workRoot, prepared, placement)
    const { workTree, baseTree, gitDir } = copy.own
    const objects = [...start.objects, join(gitDir, 'objects')]
    return { lower: [workTree], baseTree, index: join(gitDir, 'index'), exclude, objects, builtAt: workTree }
  }
}
