import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { toBytePath } from '../util/layers.ts'
import type { WritableLayers } from '../util/layers-write.ts'
import type { Overlay } from '../util/overlay.ts'

/**
 * Makes the folders of an overlay; nothing is mounted yet. Commands see the layers in the place of the topmost: one folder
 * less on the disk for each trial.
 */
export function layOver(folder: string, lower: readonly string[]): Overlay {
  const [at, work] = [join(folder, 'ws'), join(folder, 'work')]
  for (const path of [at, work]) mkdirSync(path)
  return { at, lower, upper: at, work }
}

/** The same folders for this process, while no command has them mounted. */
export function layersOf(overlay: Overlay, whiteout: string): WritableLayers {
  return {
    upper: toBytePath(overlay.upper),
    lower: overlay.lower.map(toBytePath),
    whiteout: toBytePath(whiteout),
  }
}
