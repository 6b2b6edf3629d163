import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { removePaths } from '../util/file-tree.ts'
import { git, joinZ, splitZ } from '../util/git.ts'
import { onWorkspace, type OwnGit } from './own-git.ts'

/**
 * Puts files back as they were in the base; what was not there is removed. git replaces a link or file that stands where a
 * folder was, and follows none.
 */
export async function restore(own: OwnGit, paths: readonly string[]): Promise<void> {
  const index = `restore-${randomBytes(6).toString('hex')}.index`
  const options = onWorkspace(own, index)
  try {
    await git(['read-tree', own.baseTree], options)
    const wanted = new Set(paths.map(path => Buffer.from(path).toString('latin1')))
    const inBase = splitZ(await git(['ls-files', '-z'], options)).filter(path => wanted.has(path))
    await removePaths(own.workTree, paths)
    await git(['checkout-index', '--force', '--quiet', '-z', '--stdin'], { ...options, input: joinZ(inBase) })
  } finally {
    await rm(join(own.gitDir, index), { force: true })
  }
}
