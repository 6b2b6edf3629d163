import { dirname, join } from 'node:path'
import type { PreparedSource } from '../contracts.ts'
import { partsOf, readRecord } from './checkout.ts'
import type { MovedPaths } from './moved-paths.ts'
import { readPrepared } from './prepared-layer.ts'

/** What workspaces of a prepared source start from: its checkout, with what `prepare` left over it. */
export interface Start {
  /** The topmost first. */
  lower: readonly string[]
  /** Date for commits that follow the pinned one, in seconds since 1970. */
  date: number
  /** Tree of all files as they are on disk, but for ignored ones: the base of patches. */
  baseTree: string
  /** A git directory with that tree's index and with what counts as ignored. */
  base: string
  /** Object folders in which that tree is. */
  objects: readonly string[]
  /** Whether that tree is another one than that of the pinned commit. */
  changed: boolean
  /** What `prepare` removed of the checkout, and what it put in the place of something there. One character is one byte. */
  gone: readonly string[]
  replaced: readonly string[]
  /** The path that some files say they are at. */
  builtAt: string
  movedPaths: MovedPaths
}

const starts = new Map<string, Promise<Start>>()

/** What stands on the disk is immutable, and asked for by every trial: it is read once. */
export function startOf({ path, layer }: Pick<PreparedSource, 'path' | 'layer'>): Promise<Start> {
  const id = JSON.stringify([path, layer])
  const start = starts.get(id) ?? readStart(path, layer)
  starts.set(id, start)
  start.catch(() => starts.delete(id))
  return start
}

async function readStart(path: string, layer: string | null): Promise<Start> {
  const checkout = dirname(path)
  const { date, baseTree } = await readRecord(checkout)
  const { base } = partsOf(checkout)
  const objects = [join(base, 'objects'), join(path, '.git/objects')]
  const plain = {
    changed: false,
    gone: [],
    replaced: [],
    builtAt: path,
    movedPaths: { files: [], links: [] },
  }
  if (layer === null) return { lower: [path], date, baseTree, base, objects, ...plain }
  const prepared = partsOf(dirname(layer))
  return {
    ...(await readPrepared(dirname(layer))),
    lower: [layer, path],
    date,
    base: prepared.base,
    objects: [join(prepared.base, 'objects'), ...objects],
  }
}
