import { createHash } from 'node:crypto'
import { lstatSync, readdirSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { folderDigest } from '../util/folder-size.ts'
import { writeAtomically } from '../util/json.ts'
import { onDisk, toBytePath } from '../util/layers.ts'
import { notesOf } from '../util/uses.ts'

/** Records what a folder of the cache holds, packages and all that git ignores too. `use` is the name under which it is used. */
export async function recordDigest(cacheRoot: string, use: string, folder: string): Promise<void> {
  await write(cacheRoot, use, 'files.sha256', await folderDigest(folder))
}

/** Whether a folder holds what was recorded; null if nothing was. */
export async function hasRecordedDigest(
  cacheRoot: string,
  use: string,
  folder: string,
): Promise<boolean | null> {
  const recorded = await read(cacheRoot, use, 'files.sha256')
  return recorded === null ? null : recorded === (await folderDigest(folder))
}

/**
 * Records what the file system tells of all files of a folder, without reading them: sizes, and times of their last change,
 * which no program can set.
 */
export async function recordStats(cacheRoot: string, use: string, folder: string): Promise<void> {
  await write(cacheRoot, use, 'stat.sha256', statsDigest(folder))
}

/** Whether that is as it was recorded; false if it was not. */
export async function hasRecordedStats(cacheRoot: string, use: string, folder: string): Promise<boolean> {
  return (await read(cacheRoot, use, 'stat.sha256')) === statsDigest(folder)
}

function statsDigest(root: string): string {
  const hash = createHash('sha256')
  const visit = (folder: string): void => {
    for (const name of readdirSync(onDisk(folder), 'latin1').toSorted()) {
      const path = `${folder}/${name}`
      const stats = lstatSync(onDisk(path), { bigint: true })
      hash.update(`${path}\0${stats.ino} ${stats.size} ${stats.mode} ${stats.ctimeNs}\n`)
      if (stats.isDirectory()) visit(path)
    }
  }
  visit(toBytePath(root))
  return hash.digest('hex')
}

async function write(cacheRoot: string, use: string, name: string, digest: string): Promise<void> {
  const notes = notesOf(cacheRoot, use)
  await mkdir(notes, { recursive: true, mode: 0o700 })
  await writeAtomically(join(notes, name), `${digest}\n`)
}

async function read(cacheRoot: string, use: string, name: string): Promise<string | null> {
  return readFile(join(notesOf(cacheRoot, use), name), 'utf8').then(
    text => text.trim(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    },
  )
}
