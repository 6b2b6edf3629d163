import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { InfraError } from '../errors.ts'
import { GitError, git, gitText } from '../util/git.ts'
import { onWorkspace, type OwnGit } from './own-git.ts'

/**
 * The tree that a patch makes of the base. It is applied where there are no links to follow. Throws InfraError with what
 * git said if it does not apply.
 */
export async function applyToTree(own: OwnGit, patch: string): Promise<string> {
  if (patch === '') return own.baseTree
  const index = `apply-${randomBytes(6).toString('hex')}.index`
  const aside = { gitDir: own.gitDir, env: { GIT_INDEX_FILE: join(own.gitDir, index) } }
  try {
    await git(['read-tree', own.baseTree], aside)
    await git(['apply', '--cached', '--binary', '--whitespace=nowarn', '-'], { ...aside, input: patch })
    return await gitText(['write-tree'], aside)
  } catch (error) {
    throw notApplied(error)
  } finally {
    await rm(join(own.gitDir, index), { force: true })
  }
}

/** Applies a patch to a plain folder in its base state; files that stand in the way are replaced. Throws InfraError. */
export async function apply(own: OwnGit, patch: string): Promise<void> {
  const tree = await applyToTree(own, patch)
  if (tree === own.baseTree) return
  try {
    await git(['read-tree', '--reset', '-u', tree], onWorkspace(own))
  } catch (error) {
    throw notApplied(error)
  }
}

function notApplied(error: unknown): unknown {
  if (!(error instanceof GitError)) return error
  return new InfraError(`the patch does not apply: ${error.stderr || error.message}`, { cause: error })
}
