import { randomBytes } from 'node:crypto'
import { lstat, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Patch } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import { GitError, git } from '../util/git.ts'
import { stage } from '../util/git-stage.ts'
import { diffTrees } from './diff-trees.ts'
import { onWorkspace, type OwnGit } from './own-git.ts'
import { makeReadable, removeSpecialFiles } from './tidy.ts'

export const maxNewBytes = 1_000_000_000
export const maxPatchBytes = 100_000_000

/**
 * All that has changed in a workspace since its base. Every file is read anew: times and sizes can be forged. Nothing that
 * the agent left there is executed, and no link is followed. Throws InfraError if it cannot be read, or is too large.
 */
export async function capture(own: OwnGit): Promise<Patch> {
  await makeRealFolder(own.workTree)
  await removeSpecialFiles(own.workTree)
  const index = `capture-${randomBytes(6).toString('hex')}.index`
  try {
    const tree = await stageAll(own, index).catch(async (error: unknown) => {
      if (!(error instanceof GitError)) throw error
      // Most likely files that the agent has made unreadable.
      await makeReadable(own.workTree)
      return stageAll(own, index)
    })
    return await diffTrees(own.gitDir, own.baseTree, tree, maxPatchBytes)
  } catch (error) {
    if (error instanceof InfraError || !(error instanceof Error && 'code' in error)) throw error
    throw new InfraError(`cannot read what the agent left in ${own.workTree}: ${error.message}`, {
      cause: error,
    })
  } finally {
    await rm(join(own.gitDir, index), { force: true })
  }
}

async function stageAll(own: OwnGit, index: string): Promise<string> {
  const options = onWorkspace(own, index)
  await rm(join(own.gitDir, `${index}.lock`), { force: true })
  // An index from a tree knows no times and sizes, so nothing passes for unchanged unread.
  await git(['read-tree', '--reset', own.baseTree], options)
  return stage({ ...options, maxNewBytes })
}

/** An agent that removed its folder, or put something else there, has removed all files. */
async function makeRealFolder(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null)
  if (found?.isDirectory()) return
  await rm(path, { force: true })
  await mkdir(path)
}
