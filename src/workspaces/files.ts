import { readFile, readlink } from 'node:fs/promises'
import type { WorkspaceFiles } from '../contracts.ts'
import { toBytes } from '../util/file-tree.ts'
import { entriesOf, entryAt, locate, onDisk, toBytePath, type Entry } from '../util/layers.ts'
import { removeEmptyFolders, removeEntries, writeEntry, type WritableLayers } from '../util/layers-write.ts'

/** A plain folder, taken for the only layer. */
export function plainLayers(root: string): WritableLayers {
  return { upper: toBytePath(root), lower: [], whiteout: '' }
}

/** The files of a plain folder. */
export function filesOfFolder(root: string): WorkspaceFiles {
  return filesOfLayers(plainLayers(root), root)
}

/** The files of layers that commands see at `seenAt`. */
export function filesOfLayers(layers: WritableLayers, seenAt: string): WorkspaceFiles {
  const all = [layers.upper, ...layers.lower]
  const at = async (path: string): Promise<Entry | null> => entryAt(all, toBytePath(path))
  return {
    at,
    async locate(path) {
      const found = locate(all, toBytePath(path), toBytePath(seenAt))
      return found.state === 'there' ? { ...found, path: asText(found.path) } : found
    },
    async read(path) {
      const entry = await at(path)
      return entry?.stats.isFile() ? readFile(onDisk(entry.places[0])) : null
    },
    async entries(folder) {
      const entries = entriesOf(folder)
      return new Map([...entries].map(([name, entry]) => [asText(name), entry]))
    },
    async write(files) {
      for (const [path, content] of Object.entries(files)) {
        const { executable } = content
        writeEntry(layers, { path: toBytePath(path), bytes: toBytes(content), executable })
      }
    },
    async remove(paths) {
      removeEntries(layers, paths.map(toBytePath))
    },
    async prune(paths) {
      removeEntries(layers, paths.map(toBytePath))
      removeEmptyFolders(layers, paths.map(toBytePath))
    },
    async copy(from, paths) {
      removeEntries(layers, paths.map(toBytePath))
      for (const path of paths) await copyEntry(layers, toBytePath(path), await from.at(path))
    },
  }
}

async function copyEntry(layers: WritableLayers, path: string, entry: Entry | null): Promise<void> {
  if (entry === null) return
  const { stats, places } = entry
  const place = onDisk(places[0])
  if (stats.isSymbolicLink()) writeEntry(layers, { path, linkTo: await readlink(place, 'buffer') })
  else if (stats.isFile()) {
    writeEntry(layers, { path, bytes: await readFile(place), executable: (stats.mode & 0o100) !== 0 })
  } else if (stats.isDirectory()) {
    for (const [name, inner] of entriesOf(entry)) await copyEntry(layers, `${path}/${name}`, inner)
  }
}

function asText(path: string): string {
  return Buffer.from(path, 'latin1').toString()
}
