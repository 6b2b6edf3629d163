import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { toBytePath } from '../util/layers.ts'
import type { WritableLayers } from '../util/layers-write.ts'
import type { Overlay } from '../util/overlay.ts'

/** Makes the folders of an overlay; nothing is mounted yet. */
export async function layOver(folder: string, lower: readonly string[]): Promise<Overlay> {
  const [at, upper, work] = ['ws', 'upper', 'work'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  await Promise.all([at, upper, work].map(path => mkdir(path)))
  return { at, lower, upper, work }
}

/** The same folders for this process, while no command has them mounted. */
export function layersOf(overlay: Overlay, whiteout: string): WritableLayers {
  return {
    upper: toBytePath(overlay.upper),
    lower: overlay.lower.map(toBytePath),
    whiteout: toBytePath(whiteout),
  }
}
