import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs'

/**
 * Folders that lie over each other, the topmost first, as the kernel's overlay shows them: a name in an upper one hides that
 * of a lower one, folders of one name are shown together, and a character device 0:0 ("whiteout") stands for something that
 * was deleted. One folder alone is the plain case.
 *
 * In all paths here one character is one byte, so that any file name survives: `toBytePath` makes such a path.
 */
export type Layers = readonly string[]

/** What has one name in one folder of the layers. */
export interface Entry {
  stats: Stats
  /** Where it is on the disk; for a folder all parts of it, the topmost first. */
  places: readonly [string, ...string[]]
}

/** `path` = where it really is in the layers: the way without links. */
export type Found = { state: 'there'; path: string; entry: Entry } | { state: 'missing' | 'outside' }

/** As many links as the kernel follows. */
const maxLinks = 40

/**
 * Finds what stands at a relative path with `/`, links followed, but none out of the layers: `outside`. `seenAt` is the
 * folder at which commands see the layers: an absolute link to something below it stays inside.
 */
export function locate(layers: Layers, path: string, seenAt: string): Found {
  let waiting = partsOf(path)
  let way: string[] = []
  let here: Entry | null = rootEntry(layers)
  let links = 0
  while (here !== null) {
    const name = waiting.shift()
    if (name === undefined) return { state: 'there', path: way.join('/'), entry: here }
    if (name === '..' && way.length === 0) return { state: 'outside' }
    if (name === '..') {
      waiting = [...way.slice(0, -1), ...waiting]
      way = []
      here = rootEntry(layers)
      continue
    }
    const next: Entry | null = here.stats.isDirectory() ? entryIn(here.places, name) : null
    if (!next?.stats.isSymbolicLink()) {
      way.push(name)
      here = next
      continue
    }
    if (++links > maxLinks) return { state: 'missing' }
    const target = readlinkSync(onDisk(next.places[0]), 'latin1')
    const inside = target.startsWith('/') ? below(seenAt, target) : [...way, ...partsOf(target)].join('/')
    if (inside === null) return { state: 'outside' }
    waiting = [...partsOf(inside), ...waiting]
    way = []
    here = rootEntry(layers)
  }
  return { state: 'missing' }
}

/** What stands at a path, without following a link anywhere; null if nothing does, or a link is on the way. */
export function entryAt(layers: Layers, path: string): Entry | null {
  let here = rootEntry(layers)
  for (const name of partsOf(path)) {
    if (!here?.stats.isDirectory()) return null
    here = entryIn(here.places, name)
  }
  return here
}

/** Names and entries of a folder, in no order. */
export function entriesOf(folder: Entry): Map<string, Entry> {
  const names = new Set(folder.places.flatMap(place => readdirSync(onDisk(place), 'latin1')))
  const found = new Map<string, Entry>()
  for (const name of names) {
    const entry = entryIn(folder.places, name)
    if (entry) found.set(name, entry)
  }
  return found
}

/** For functions of Node. */
export function onDisk(place: string): Buffer {
  return Buffer.from(place, 'latin1')
}

export function toBytePath(path: string): string {
  return Buffer.from(path).toString('latin1')
}

/** A deleted name. */
export function isWhiteout(stats: Stats | undefined): boolean {
  return stats !== undefined && stats.isCharacterDevice() && stats.rdev === 0
}

function rootEntry(layers: Layers): Entry | null {
  const [top, ...others] = layers
  if (top === undefined) return null
  const stats = statOf(top)
  return stats && { stats, places: [top, ...others] }
}

function entryIn(folders: readonly string[], name: string): Entry | null {
  let found: { stats: Stats; places: [string, ...string[]] } | null = null
  for (const folder of folders) {
    const place = `${folder}/${name}`
    const stats = statOf(place)
    if (stats === null) continue
    if (isWhiteout(stats)) break
    if (!stats.isDirectory()) return found ?? { stats, places: [place] }
    if (found) found.places.push(place)
    else found = { stats, places: [place] }
  }
  return found
}

function statOf(place: string): Stats | null {
  try {
    return lstatSync(onDisk(place))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(code)) return null
    throw error
  }
}

function partsOf(path: string): string[] {
  return path.split('/').filter(part => part !== '' && part !== '.')
}

/** Null if it is not below. */
function below(folder: string, path: string): string | null {
  if (path === folder) return ''
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null
}
