import { rmdir } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { Placement } from '../contracts.ts'
import { removePaths, writeTree } from '../util/file-tree.ts'
import { commitTree, setBranch } from '../util/git-commit.ts'
import { git, gitText, splitZ } from '../util/git.ts'
import { stage } from '../util/git-stage.ts'
import { matcher } from '../util/glob.ts'
import { onWorkspace, type OwnGit } from './own-git.ts'

/** Removes the stripped files and writes the placed ones. Stripping counts for all files of the base. */
export async function placeFiles(own: OwnGit, placement: Placement): Promise<void> {
  if (placement.strip.length > 0) {
    const matches = matcher(placement.strip)
    const tracked = splitZ(await git(['ls-files', '-z'], onWorkspace(own)))
    const stripped = tracked.map(path => Buffer.from(path, 'latin1').toString()).filter(matches)
    await removePaths(own.workTree, stripped)
    await removeEmptyFolders(own.workTree, stripped)
  }
  await writeTree(own.workTree, placement.files)
}

/** Like git, which knows no empty folder. */
async function removeEmptyFolders(root: string, removed: string[]): Promise<void> {
  const parents = new Set<string>()
  for (const path of removed) {
    for (let parent = posix.dirname(path); parent !== '.'; parent = posix.dirname(parent)) parents.add(parent)
  }
  for (const parent of [...parents].toSorted((a, b) => b.length - a.length)) {
    await rmdir(join(root, parent)).catch((error: NodeJS.ErrnoException) => {
      if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].includes(error.code ?? '')) throw error
    })
  }
}

/**
 * Commits all that differs from HEAD, in the repository that the agent will see, so that its `git status` is clean. The
 * same files give the same commit. Call before anything hostile has been there.
 */
export async function commitWorkspace(
  workTree: string,
  date: number,
  placed: readonly string[],
): Promise<void> {
  const options = { gitDir: join(workTree, '.git'), workTree }
  const [parent = '', parentTree] = (await gitText(['rev-parse', 'HEAD', 'HEAD^{tree}'], options)).split('\n')
  const tree = await stage({ ...options, force: placed, keepSubmodules: true })
  if (tree === parentTree) return
  await setBranch(
    options,
    'main',
    await commitTree(options, { tree, parent, date, message: 'agent-eval: workspace' }),
  )
}
