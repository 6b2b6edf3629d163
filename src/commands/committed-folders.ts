import { lstat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { UserError } from '../errors.ts'
import { trackedBelow, type Repository } from '../util/git-repository.ts'
import type { Folders } from './folders.ts'

/**
 * Refuses folders of ours (results, cache, workspaces) that a pull request can fill or redirect: those with files that the
 * repository tracks, and those that a link in the repository leads to.
 */
export async function refuseCommittedFolders(repository: Repository, folders: Folders): Promise<void> {
  for (const [what, folder] of Object.entries(folders)) {
    const path = relative(repository.root, folder)
    if (path === '' || path.startsWith('..')) continue
    const [tracked] = await trackedBelow(repository, path.split(sep).join('/'))
    const link = await linkOnTheWay(repository.root, path)
    const found = tracked ?? link
    if (found === null) continue
    throw new UserError(
      `${found}${tracked === undefined ? ' is a link' : ' is committed'}: the ${what} of agent-eval must not come from the repository that is judged. ` +
        `Remove it (git rm -r ${found})${what === 'results' ? '' : `, or keep the ${what} elsewhere`}.`,
    )
  }
}

async function linkOnTheWay(root: string, path: string): Promise<string | null> {
  const parts = path.split(sep)
  for (const index of parts.keys()) {
    const part = join(...parts.slice(0, index + 1))
    const stat = await lstat(join(root, part)).catch(() => null)
    if (stat?.isSymbolicLink()) return part
  }
  return null
}
