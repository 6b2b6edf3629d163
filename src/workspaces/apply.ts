import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { InfraError } from '../errors.ts'
import { GitError, git, gitText } from '../util/git.ts'
import { onWorkspace, type OwnGit } from './own-git.ts'

/**
 * Applies a patch to a workspace in its base state. It is applied to the base tree first, where there are no links to
 * follow, and git then brings the folder to the tree that results; files that stand in the way are replaced. Throws
 * InfraError with what git said if it does not apply.
 */
export async function apply(own: OwnGit, patch: string): Promise<void> {
  if (patch === '') return
  const index = `apply-${randomBytes(6).toString('hex')}.index`
  const aside = onWorkspace(own, index)
  try {
    await git(['read-tree', own.baseTree], aside)
    await git(['apply', '--cached', '--binary', '--whitespace=nowarn', '-'], { ...aside, input: patch })
    const tree = await gitText(['write-tree'], aside)
    await git(['read-tree', '--reset', '-u', tree], onWorkspace(own))
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    throw new InfraError(`the patch does not apply: ${error.stderr || error.message}`, { cause: error })
  } finally {
    await rm(join(own.gitDir, index), { force: true })
  }
}
