import { randomBytes } from 'node:crypto'
import { mkdir, realpath, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { commitTree, setBranch } from './git-commit.ts'
import { writeGitDir } from './git-dir.ts'
import { git } from './git.ts'
import { stage } from './git-stage.ts'
import { markUse } from './uses.ts'

/** 2000-01-01T00:00:00Z. */
const date = 946_684_800

/**
 * Turns the plain files of a folder into a repository with one commit, kept below the cache. The commit depends only on the
 * files: their paths, bytes, executable bits and links. `.gitignore` files in the folder count; repositories in it, or one
 * that it lies in, do not. Throws UserError if there is nothing to commit.
 */
export async function repositoryFromFolder(
  folder: string,
  cacheRoot: string,
): Promise<{ path: string; commit: string }> {
  const workTree = await existingFolder(folder)
  const parent = join(cacheRoot, 'folders')
  await mkdir(parent, { recursive: true, mode: 0o700 })
  const building = join(parent, `.building-${randomBytes(8).toString('hex')}`)
  try {
    await writeGitDir(building, { bare: true, raw: true })
    const tree = await stage({ gitDir: building, workTree })
    const options = { gitDir: building }
    if ((await git(['ls-tree', tree], options)).length === 0) {
      throw new UserError(
        `the folder ${folder} holds no files (but those that its .gitignore leaves out): put the repository's files there`,
      )
    }
    const commit = await commitTree(options, { tree, date, message: 'agent-eval: folder' })
    await setBranch(options, 'main', commit)
    // Only of use while it is built, and it holds times of this machine.
    await rm(join(building, 'index'), { force: true })
    await markUse(cacheRoot, `folder-${commit}`, { folder: workTree })
    return { path: await moveInto(building, join(parent, `${commit}.git`)), commit }
  } finally {
    await rm(building, { recursive: true, force: true })
  }
}

async function existingFolder(folder: string): Promise<string> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`cannot read the folder ${folder} (${error.code}): check the path`)
  })
  if (!found.isDirectory())
    throw new UserError(`${folder} is a file: expected a folder with a repository's files`)
  return realpath(folder)
}

/** Whoever comes second finds the same content there. */
async function moveInto(from: string, to: string): Promise<string> {
  try {
    await rename(from, to)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && ['ENOTEMPTY', 'EEXIST'].includes(String(error.code))))
      throw error
  }
  return to
}
