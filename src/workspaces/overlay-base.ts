import { dirname, join } from 'node:path'
import type { Placement, PreparedSource } from '../contracts.ts'
import { canonicalJson, sha256 } from '../util/json.ts'
import { mounted } from '../util/overlay.ts'
import { partsOf, type CheckoutRecord } from './checkout.ts'
import { copyOf, type Roots } from './copy.ts'
import { filesOfLayers } from './files.ts'
import { layersOf, layOver } from './overlay-layers.ts'
import { treeOf } from './overlay-capture.ts'
import { writeOwnGit } from './own-git.ts'
import { Unusual } from '../util/unusual.ts'
import { changesBase, commitWorkspace, place, trackedFiles } from './place.ts'
import { makePrivateFolder } from './work-root.ts'

/** What workspaces start from. */
export interface Base {
  /** The folders under the layer of a workspace, the topmost first. */
  lower: readonly string[]
  /** The tree of their files. */
  baseTree: string
  /** Further object folders in which that tree is. */
  objects: readonly string[]
  /** The path that files say they are at. */
  builtAt: string
}

export type BaseOf = (prepared: PreparedSource, placement: Placement, record: CheckoutRecord) => Promise<Base>

/**
 * Finds what workspaces with a placement start from. The first of them has the files placed and committed in a layer of its
 * own; the others, and the gradings, share it.
 */
export function placedBases(roots: Roots & { whiteout: string }): BaseOf {
  const made = new Map<string, Promise<Base>>()
  return (prepared, placement, record) => {
    const { path, key } = prepared
    if (!changesBase(record, placement)) {
      return Promise.resolve({
        lower: [path],
        baseTree: record.baseTree,
        objects: [],
        builtAt: record.builtAt,
      })
    }
    const name = sha256(canonicalJson({ key, placement }))
    const base = made.get(name) ?? placed(prepared, placement, record, roots)
    made.set(name, base)
    // Another call tries again: the fault may pass.
    base.catch(() => made.delete(name))
    return base
  }
}

async function placed(
  prepared: PreparedSource,
  placement: Placement,
  record: CheckoutRecord,
  { workRoot, whiteout }: Roots & { whiteout: string },
): Promise<Base> {
  const folder = makePrivateFolder(workRoot)
  const overlay = layOver(folder, [prepared.path])
  const own = { gitDir: join(folder, 'own.git'), workTree: overlay.at, baseTree: record.baseTree }
  writeOwnGit(own, partsOf(dirname(prepared.path)))
  const files = filesOfLayers(layersOf(overlay, whiteout), overlay.at)
  await place(files, placement, await trackedFiles(own))
  const names = Object.keys(placement.files)
  try {
    const baseTree = await treeOf(own, overlay, names)
    await commitWorkspace(overlay.at, record.date, names, argv => mounted(overlay, argv))
    const lower = [overlay.upper, prepared.path]
    return { lower, baseTree, objects: [join(own.gitDir, 'objects')], builtAt: record.builtAt }
  } catch (error) {
    if (!(error instanceof Unusual)) throw error
    const copy = await copyOf(workRoot, prepared, placement)
    const { workTree, baseTree, gitDir } = copy.own
    return { lower: [workTree], baseTree, objects: [join(gitDir, 'objects')], builtAt: workTree }
  }
}
