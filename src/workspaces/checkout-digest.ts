import { mkdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { folderDigest } from '../util/folder-size.ts'
import { writeAtomically } from '../util/json.ts'
import { notesOf } from '../util/uses.ts'

/** The base of a checkout leaves out what is ignored, installed packages above all: this names their content, too. */
export async function recordDigest(cacheRoot: string, checkout: string, workTree: string): Promise<void> {
  const path = pathOf(cacheRoot, checkout)
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
  await writeAtomically(path, `${await folderDigest(workTree, ['.git'])}\n`)
}

/** Whether the files of a checkout are those that were recorded; null if none were. */
export async function hasRecordedDigest(
  cacheRoot: string,
  checkout: string,
  workTree: string,
): Promise<boolean | null> {
  const recorded = await readFile(pathOf(cacheRoot, checkout), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    },
  )
  return recorded === null ? null : recorded.trim() === (await folderDigest(workTree, ['.git']))
}

function pathOf(cacheRoot: string, checkout: string): string {
  return join(notesOf(cacheRoot, `checkout-${basename(checkout)}`), 'files.sha256')
}
