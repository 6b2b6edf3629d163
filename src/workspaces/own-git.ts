import { copyFileSync } from 'node:fs'
import { copyFile, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { GitOptions } from '../util/git.ts'
import { writePassingGitDir } from '../util/git-dir.ts'

/**
 * A git directory for one workspace, outside of it. The one inside belongs to the agent, who may have changed its
 * configuration, index, history or all of it: it is never used once the agent has been there.
 */
export interface OwnGit {
  gitDir: string
  workTree: string
  /** What every patch of this workspace is taken against. */
  baseTree: string
}

/** Starts from what workspaces start from: what counts as ignored there, and its objects without copying them. */
export function writeOwnGit(
  own: OwnGit,
  { exclude, objects }: { exclude: string; objects: readonly string[] },
): void {
  writePassingGitDir(own.gitDir, {
    bare: true,
    raw: true,
    idLength: own.baseTree.length,
    alternates: [...objects],
  })
  copyFileSync(exclude, join(own.gitDir, 'info/exclude'))
}

/** Copies the index of a base, with what it knows of the files of its copies. */
export async function copyIndex(own: OwnGit, { index: from }: { index: string }): Promise<void> {
  const to = join(own.gitDir, 'index')
  await copyFile(from, to)
  // git compares its age with that of the files to see which of them may have changed unnoticed.
  const { atime, mtime } = await stat(from)
  await utimes(to, atime, mtime)
}

/** Options of a git command on the workspace, with an index of its own if one is named. */
export function onWorkspace(own: OwnGit, index?: string): GitOptions & { gitDir: string; workTree: string } {
  const { gitDir, workTree } = own
  return { gitDir, workTree, ...(index !== undefined && { env: { GIT_INDEX_FILE: join(gitDir, index) } }) }
}
