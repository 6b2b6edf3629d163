import { createHash } from 'node:crypto'
import { lstatSync, readdirSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { folderDigest } from '../util/folder-size.ts'
import { writeAtomically } from '../util/json.ts'
import { onDisk, toBytePath } from '../util/layers.ts'
import { notesOf } from '../util/uses.ts'

/** The base of a checkout leaves out what is ignored, installed packages above all: this names their content, too. */
export async function recordDigest(cacheRoot: string, checkout: string, workTree: string): Promise<void> {
  await write(cacheRoot, checkout, 'files.sha256', await folderDigest(workTree, ['.git']))
}

/** Whether the files of a checkout are those that were recorded; null if none were. */
export async function hasRecordedDigest(
  cacheRoot: string,
  checkout: string,
  workTree: string,
): Promise<boolean | null> {
  const recorded = await read(cacheRoot, checkout, 'files.sha256')
  return recorded === null ? null : recorded === (await folderDigest(workTree, ['.git']))
}

/**
 * Records what the file system tells of all files of a checkout, without reading them: sizes, and times of their last change,
 * which no program can set.
 */
export async function recordStats(cacheRoot: string, checkout: string): Promise<void> {
  await write(cacheRoot, checkout, 'stat.sha256', statsDigest(checkout))
}

/** Whether that is as it was recorded; false if it was not. */
export async function hasRecordedStats(cacheRoot: string, checkout: string): Promise<boolean> {
  return (await read(cacheRoot, checkout, 'stat.sha256')) === statsDigest(checkout)
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

async function write(cacheRoot: string, checkout: string, name: string, digest: string): Promise<void> {
  const folder = folderOf(cacheRoot, checkout)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeAtomically(join(folder, name), `${digest}\n`)
}

async function read(cacheRoot: string, checkout: string, name: string): Promise<string | null> {
  const path = join(folderOf(cacheRoot, checkout), name)
  return readFile(path, 'utf8').then(
    text => text.trim(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    },
  )
}

function folderOf(cacheRoot: string, checkout: string): string {
  return notesOf(cacheRoot, `checkout-${basename(checkout)}`)
}
