import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { posix } from 'node:path'
import { entriesOf, entryAt, isWhiteout, onDisk, type Layers } from './layers.ts'

/** Layers of which the topmost may be written to, while they are mounted nowhere. One character of a path is one byte. */
export interface WritableLayers {
  upper: string
  lower: Layers
  /** A character device 0:0 on the file system of `upper`; others are links to it. */
  whiteout: string
}

export type NewEntry = { path: string } & (
  { bytes: Uint8Array; executable: boolean } | { linkTo: Uint8Array }
)

/**
 * Writes a file or link into the topmost layer. Whatever stands at its path is replaced, also a link or file where a folder
 * is needed, and no link is followed.
 */
export function writeEntry(layers: WritableLayers, entry: NewEntry): void {
  openFolder(layers, posix.dirname(entry.path))
  const place = onDisk(`${layers.upper}/${entry.path}`)
  rmSync(place, { recursive: true, force: true })
  if ('linkTo' in entry) return symlinkSync(Buffer.from(entry.linkTo), place)
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  const file = openSync(place, flags)
  try {
    writeFileSync(file, entry.bytes)
    fchmodSync(file, entry.executable ? 0o755 : 0o644)
  } finally {
    closeSync(file)
  }
}

/** Removes paths, folders with all that is in them. A path behind a link is left alone. */
export function removeEntries(layers: WritableLayers, paths: readonly string[]): void {
  for (const path of paths) {
    if (entryAt([layers.upper, ...layers.lower], path) === null) continue
    openFolder(layers, posix.dirname(path))
    const place = onDisk(`${layers.upper}/${path}`)
    rmSync(place, { recursive: true, force: true })
    // The way to it is now in the upper layer, so nothing but the lower ones could still show it.
    if (entryAt(layers.lower, path) !== null) linkSync(onDisk(layers.whiteout), place)
  }
}

/** Removes those folders above the given paths that are empty: git knows no empty folder. */
export function removeEmptyFolders(layers: WritableLayers, below: readonly string[]): void {
  const parents = new Set<string>()
  for (const path of below) {
    for (let parent = posix.dirname(path); parent !== '.'; parent = posix.dirname(parent)) parents.add(parent)
  }
  for (const parent of [...parents].toSorted((a, b) => b.length - a.length)) {
    const folder = entryAt([layers.upper, ...layers.lower], parent)
    const isEmpty = folder?.stats.isDirectory() && entriesOf(folder).size === 0
    if (isEmpty) removeEntries(layers, [parent])
  }
}

/** Copies a file or link of a lower layer into the topmost one, with its mode and times, unless something is there. */
export function copyUp(layers: WritableLayers, path: string): void {
  const entry = entryAt([layers.upper, ...layers.lower], path)
  const place = onDisk(`${layers.upper}/${path}`)
  if (!entry || entry.stats.isDirectory() || onDisk(entry.places[0]).equals(place)) return
  openFolder(layers, posix.dirname(path))
  const from = onDisk(entry.places[0])
  if (entry.stats.isSymbolicLink()) return symlinkSync(readlinkSync(from, 'buffer'), place)
  copyFileSync(from, place)
  chmodSync(place, entry.stats.mode & 0o7777)
  utimesSync(place, entry.stats.atime, entry.stats.mtime)
}

/** Sees to it that a folder is there in the topmost layer, and shows there what it showed before. */
function openFolder(layers: WritableLayers, path: string): void {
  if (path === '.' || path === '') return
  openFolder(layers, posix.dirname(path))
  const { upper, lower } = layers
  const place = onDisk(`${upper}/${path}`)
  const present = lstatSync(place, { throwIfNoEntry: false })
  if (present?.isDirectory()) return
  const shown = entryAt([upper, ...lower], path)
  if (present) rmSync(place, { force: true })
  mkdirSync(place)
  if (shown?.stats.isDirectory()) return chmodSync(place, shown.stats.mode & 0o7777)
  // A folder where a whiteout was would show again what was deleted below it.
  const hidden = present && isWhiteout(present) ? entryAt(lower, path) : null
  if (!hidden?.stats.isDirectory()) return
  for (const name of entriesOf(hidden).keys()) {
    linkSync(onDisk(layers.whiteout), onDisk(`${upper}/${path}/${name}`))
  }
}
