import { constants } from 'node:fs'
import { chmod, copyFile, link, lstat, mkdir, open, readlink, rm, symlink, utimes } from 'node:fs/promises'
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
export async function writeEntry(layers: WritableLayers, entry: NewEntry): Promise<void> {
  await openFolder(layers, posix.dirname(entry.path))
  const place = onDisk(`${layers.upper}/${entry.path}`)
  await rm(place, { recursive: true, force: true })
  if ('linkTo' in entry) return symlink(Buffer.from(entry.linkTo), place)
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  const file = await open(place, flags)
  try {
    await file.writeFile(entry.bytes)
    await file.chmod(entry.executable ? 0o755 : 0o644)
  } finally {
    await file.close()
  }
}

/** Removes paths, folders with all that is in them. A path behind a link is left alone. */
export async function removeEntries(layers: WritableLayers, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if ((await entryAt([layers.upper, ...layers.lower], path)) === null) continue
    await openFolder(layers, posix.dirname(path))
    const place = onDisk(`${layers.upper}/${path}`)
    await rm(place, { recursive: true, force: true })
    // The way to it is now in the upper layer, so nothing but the lower ones could still show it.
    if ((await entryAt(layers.lower, path)) !== null) await link(onDisk(layers.whiteout), place)
  }
}

/** Removes those folders above the given paths that are empty: git knows no empty folder. */
export async function removeEmptyFolders(layers: WritableLayers, below: readonly string[]): Promise<void> {
  const parents = new Set<string>()
  for (const path of below) {
    for (let parent = posix.dirname(path); parent !== '.'; parent = posix.dirname(parent)) parents.add(parent)
  }
  for (const parent of [...parents].toSorted((a, b) => b.length - a.length)) {
    const folder = await entryAt([layers.upper, ...layers.lower], parent)
    const isEmpty = folder?.stats.isDirectory() && (await entriesOf(folder)).size === 0
    if (isEmpty) await removeEntries(layers, [parent])
  }
}

/** Copies a file or link of a lower layer into the topmost one, with its mode and times, unless something is there. */
export async function copyUp(layers: WritableLayers, path: string): Promise<void> {
  const entry = await entryAt([layers.upper, ...layers.lower], path)
  const place = onDisk(`${layers.upper}/${path}`)
  if (!entry || entry.stats.isDirectory() || onDisk(entry.places[0]).equals(place)) return
  await openFolder(layers, posix.dirname(path))
  const from = onDisk(entry.places[0])
  if (entry.stats.isSymbolicLink()) return symlink(await readlink(from, 'buffer'), place)
  await copyFile(from, place)
  await chmod(place, entry.stats.mode & 0o7777)
  await utimes(place, entry.stats.atime, entry.stats.mtime)
}

/** Sees to it that a folder is there in the topmost layer, and shows there what it showed before. */
async function openFolder(layers: WritableLayers, path: string): Promise<void> {
  if (path === '.' || path === '') return
  await openFolder(layers, posix.dirname(path))
  const { upper, lower } = layers
  const place = onDisk(`${upper}/${path}`)
  const present = await lstat(place).catch(() => null)
  if (present?.isDirectory()) return
  const shown = await entryAt([upper, ...lower], path)
  if (present) await rm(place, { force: true })
  await mkdir(place)
  if (shown?.stats.isDirectory()) return chmod(place, shown.stats.mode & 0o7777)
  // A folder where a whiteout was would show again what was deleted below it.
  const hidden = present && isWhiteout(present) ? await entryAt(lower, path) : null
  if (!hidden?.stats.isDirectory()) return
  for (const name of (await entriesOf(hidden)).keys()) {
    await link(onDisk(layers.whiteout), onDisk(`${upper}/${path}/${name}`))
  }
}
