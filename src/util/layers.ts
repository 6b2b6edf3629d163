import type { Stats } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'

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
export async function locate(layers: Layers, path: string, seenAt: string): Promise<Found> {
  let waiting = partsOf(path)
  let way: string[] = []
  let here: Entry | null = await rootEntry(layers)
  let links = 0
  while (here !== null) {
    const name = waiting.shift()
    if (name === undefined) return { state: 'there', path: way.join('/'), entry: here }
    if (name === '..' && way.length === 0) return { state: 'outside' }
    if (name === '..') {
      waiting = [...way.slice(0, -1), ...waiting]
      way = []
      here = await rootEntry(layers)
      continue
    }
    const next: Entry | null = here.stats.isDirectory() ? await entryIn(here.places, name) : null
    if (!next?.stats.isSymbolicLink()) {
      way.push(name)
      here = next
      continue
    }
    if (++links > maxLinks) return { state: 'missing' }
    const target = await readlink(onDisk(next.places[0]), 'latin1')
    const inside = target.startsWith('/') ? below(seenAt, target) : [...way, ...partsOf(target)].join('/')
    if (inside === null) return { state: 'outside' }
    waiting = [...partsOf(inside), ...waiting]
    way = []
    here = await rootEntry(layers)
  }
  return { state: 'missing' }
}

/** What stands at a path, without following a link anywhere; null if nothing does, or a link is on the way. */
export async function entryAt(layers: Layers, path: string): Promise<Entry | null> {
  let here = await rootEntry(layers)
  for (const name of partsOf(path)) {
    if (!here?.stats.isDirectory()) return null
    here = await entryIn(here.places, name)
  }
  return here
}

/** Names and entries of a folder, in no order. */
export async function entriesOf(folder: Entry): Promise<Map<string, Entry>> {
  const names = new Set(
    (await Promise.all(folder.places.map(place => readdir(onDisk(place), 'latin1')))).flat(),
  )
  const found = new Map<string, Entry>()
  for (const name of names) {
    const entry = await entryIn(folder.places, name)
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
export function isWhiteout(stats: Stats): boolean {
  return stats.isCharacterDevice() && stats.rdev === 0
}

async function rootEntry(layers: Layers): Promise<Entry | null> {
  const [top, ...others] = layers
  if (top === undefined) return null
  const stats = await statOf(top)
  return stats && { stats, places: [top, ...others] }
}

async function entryIn(folders: readonly string[], name: string): Promise<Entry | null> {
  let found: { stats: Stats; places: [string, ...string[]] } | null = null
  for (const folder of folders) {
    const place = `${folder}/${name}`
    const stats = await statOf(place)
    if (stats === null) continue
    if (isWhiteout(stats)) break
    if (!stats.isDirectory()) return found ?? { stats, places: [place] }
    if (found) found.places.push(place)
    else found = { stats, places: [place] }
  }
  return found
}

async function statOf(place: string): Promise<Stats | null> {
  return lstat(onDisk(place)).catch((error: NodeJS.ErrnoException) => {
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(error.code ?? '')) return null
    throw error
  })
}

function partsOf(path: string): string[] {
  return path.split('/').filter(part => part !== '' && part !== '.')
}

/** Null if it is not below. */
function below(folder: string, path: string): string | null {
  if (path === folder) return ''
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null
}
