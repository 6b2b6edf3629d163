import { dirname, join } from 'node:path'
import type { PreparedSource } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import { git, splitZ, type GitOptions } from '../util/git.ts'
import { entryAt, toBytePath } from '../util/layers.ts'
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
  /** Index of that tree, and exclude file that says what besides counts as ignored. */
  index: string
  exclude: string
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
  const [index, exclude] = [join(base, 'index'), join(base, 'info/exclude')]
  const objects = [join(base, 'objects'), join(path, '.git/objects')]
  const plain = {
    changed: false,
    gone: [],
    replaced: [],
    builtAt: path,
    movedPaths: { files: [], links: [] },
  }
  if (layer === null) return { lower: [path], date, baseTree, index, exclude, objects, ...plain }
  const prepared = partsOf(dirname(layer))
  const { baseTree: preparedTree, ...record } = await readPrepared(dirname(layer))
  const over = { ...record, lower: [layer, path], date, exclude: join(prepared.base, 'info/exclude') }
  if (preparedTree === null) {
    await mustHideNothing(layer, { gitDir: join(path, '.git') }, baseTree)
    return { ...over, baseTree, index, objects }
  }
  return {
    ...over,
    baseTree: preparedTree,
    index: join(prepared.base, 'index'),
    objects: [join(prepared.base, 'objects'), ...objects],
  }
}

/** What was prepared for all commits with some files in common was not made with the others in sight. */
async function mustHideNothing(layer: string, options: GitOptions, tree: string): Promise<void> {
  const tracked = splitZ(await git(['ls-tree', '-r', '-z', '--name-only', tree], options))
  const hides = (path: string): boolean => {
    const entry = entryAt([toBytePath(layer)], path)
    if (entry !== null) return !entry.stats.isDirectory()
    return path.includes('/') && hides(path.slice(0, path.lastIndexOf('/')))
  }
  const hidden = tracked.find(hides)
  if (hidden === undefined) return
  throw new InfraError(
    `prepare makes ${Buffer.from(hidden, 'latin1').toString()}, which the commit holds, too: leave "prepareReads" out, so that ` +
      'the commands see all files',
  )
}
