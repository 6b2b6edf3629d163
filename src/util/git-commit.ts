import { git, gitText, type GitOptions } from './git.ts'

/** Makes a commit whose id depends on nothing but these values. `date` is in seconds since 1970. */
export async function commitTree(
  options: GitOptions,
  commit: { tree: string; parent?: string; date: number; message: string },
): Promise<string> {
  const when = `${commit.date} +0000`
  const env = {
    GIT_AUTHOR_NAME: 'agent-eval',
    GIT_AUTHOR_EMAIL: 'agent-eval@localhost',
    GIT_AUTHOR_DATE: when,
    GIT_COMMITTER_NAME: 'agent-eval',
    GIT_COMMITTER_EMAIL: 'agent-eval@localhost',
    GIT_COMMITTER_DATE: when,
  }
  const parents = commit.parent === undefined ? [] : ['-p', commit.parent]
  return gitText(['commit-tree', ...parents, '-m', commit.message, commit.tree], {
    ...options,
    env: { ...options.env, ...env },
  })
}

/** Lets a branch stand at a commit. */
export async function setBranch(options: GitOptions, branch: string, commit: string): Promise<void> {
  await git(['update-ref', '--no-deref', `refs/heads/${branch}`, commit], options)
}
