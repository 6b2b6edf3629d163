import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { toBytePath } from '../util/layers.ts'
import type { WritableLayers } from '../util/layers-write.ts'
import type { Overlay } from '../util/overlay.ts'
import type { Roots } from './copy.ts'

/** Where overlays are made, and how. */
export interface OverlayRoots extends Roots {
  /** A deleted file as it is in an upper layer, on the file system of `workRoot`. */
  whiteout: string
  /** Path of fuse-overlayfs where the kernel itself cannot make overlays; null = the kernel. */
  fuse: string | null
}

/**
 * Makes the folders of an overlay; nothing is mounted yet. Commands see the layers in the place of the topmost: one folder
 * less on the disk for each trial.
 */
export function layOver(folder: string, lower: readonly string[], fuse: string | null): Overlay {
  const [at, work] = [join(folder, 'ws'), join(folder, 'work')]
  // A program that showed them in the place of a folder that it reads would wait for itself.
  const upper = fuse === null ? at : join(folder, 'upper')
  for (const path of new Set([at, work, upper])) mkdirSync(path)
  return { at, lower, upper, work, fuse }
}

/** The same folders for this process, while no command has them mounted. */
export function layersOf(overlay: Overlay, whiteout: string): WritableLayers {
  return {
    upper: toBytePath(overlay.upper),
    lower: overlay.lower.map(toBytePath),
    whiteout: toBytePath(whiteout),
  }
}
