import { randomBytes } from 'node:crypto'
import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { InfraError } from '../errors.ts'
import { GitError, git, gitText, type GitOptions } from '../util/git.ts'
import { onWorkspace, type OwnGit } from './own-git.ts'

/** An index in which a patch was applied to the base: where there are no links to follow, and nothing is on the disk. */
export async function withApplied<T>(
  own: OwnGit,
  patch: string,
  read: (aside: GitOptions) => Promise<T>,
  index: string | null = null,
): Promise<T> {
  const ours = join(own.gitDir, `apply-${randomBytes(6).toString('hex')}.index`)
  const aside = { gitDir: own.gitDir, env: { GIT_INDEX_FILE: ours } }
  try {
    if (index === null) await git(['read-tree', own.baseTree], aside)
    else await copyFile(index, ours)
    await git(['apply', '--cached', '--binary', '--whitespace=nowarn', '-'], { ...aside, input: patch })
    return await read(aside)
  } catch (error) {
    throw notApplied(error)
  } finally {
    await rm(ours, { force: true })
  }
}

/** Applies a patch to a plain folder in its base state; files that stand in the way are replaced. Throws InfraError. */
export async function apply(own: OwnGit, patch: string): Promise<void> {
  if (patch === '') return
  const tree = await withApplied(own, patch, aside => gitText(['write-tree'], aside))
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
