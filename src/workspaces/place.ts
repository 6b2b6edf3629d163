import { join } from 'node:path'
import type { Placement, WorkspaceFiles } from '../contracts.ts'
import { commitTree, setBranch } from '../util/git-commit.ts'
import { git, gitText, splitZ, type GitOptions } from '../util/git.ts'
import { stage } from '../util/git-stage.ts'
import { matcher } from '../util/glob.ts'
import type { OwnGit } from './own-git.ts'
import type { Start } from './start.ts'

/** Whether workspaces are something else than the pinned commit with ignored files. */
export function changesBase({ changed, gone }: Start, { files, strip }: Placement): boolean {
  return changed || gone.length > 0 || Object.keys(files).length > 0 || strip.length > 0
}

/** All files of the base. */
export async function trackedFiles({ gitDir, baseTree }: OwnGit): Promise<string[]> {
  const listed = splitZ(await git(['ls-tree', '-r', '-z', '--name-only', baseTree], { gitDir }))
  return listed.map(path => Buffer.from(path, 'latin1').toString())
}

/** Removes the stripped ones of the tracked files, and writes the placed ones. */
export async function place(
  files: WorkspaceFiles,
  placement: Placement,
  tracked: readonly string[],
): Promise<void> {
  if (placement.strip.length > 0) await files.prune(tracked.filter(matcher(placement.strip)))
  await files.write(placement.files)
}

/**
 * Commits all that differs from HEAD, in the repository that the agent will see, so that its `git status` is clean. The
 * same files give the same commit. Call before anything hostile has been there.
 */
export async function commitWorkspace(
  workTree: string,
  date: number,
  placed: readonly string[],
  within?: GitOptions['within'],
): Promise<void> {
  const options = { gitDir: join(workTree, '.git'), workTree, ...(within && { within }) }
  const [parent = '', parentTree] = (await gitText(['rev-parse', 'HEAD', 'HEAD^{tree}'], options)).split('\n')
  const tree = await stage({ ...options, force: placed, keepSubmodules: true })
  if (tree === parentTree) return
  await setBranch(
    options,
    'main',
    await commitTree(options, { tree, parent, date, message: 'agent-eval: workspace' }),
  )
}
