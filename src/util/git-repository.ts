import { lstat, readFile, realpath } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { UserError } from '../errors.ts'
import { git, gitText, runGit } from './git.ts'

export interface Repository {
  /** The work tree, without links. */
  root: string
  gitDir: string
}

/** The repository that a folder belongs to; null outside of one. No git is asked, so nothing that it could read steers it. */
export async function findRepository(folder: string): Promise<Repository | null> {
  for (let root = await realpath(folder); ; root = dirname(root)) {
    const path = join(root, '.git')
    const stat = await lstat(path).catch(() => null)
    if (stat?.isDirectory()) return { root, gitDir: path }
    // A further work tree, or a submodule: a line that says where the git directory is.
    const elsewhere = stat?.isFile() ? /^gitdir: (.+)$/m.exec(await readFile(path, 'utf8'))?.[1] : undefined
    if (elsewhere !== undefined) return { root, gitDir: resolve(root, elsewhere) }
    if (dirname(root) === root) return null
  }
}

/** Full id of the commit that a name stands for. Throws UserError where it stands for none, or for more than one. */
export async function resolveCommit({ gitDir }: Repository, name: string): Promise<string> {
  const args = [
    '-c',
    'core.warnAmbiguousRefs=true',
    'rev-parse',
    '--verify',
    '--end-of-options',
    `${name}^{commit}`,
  ]
  const { exitCode, stdout, stderr } = await runGit(args, { gitDir })
  // A tag or branch that somebody named like it would win without a word.
  if (/is ambiguous/.test(stderr))
    throw new UserError(`${name} can mean several things: write it whole, as in refs/remotes/${name}`)
  const commit = stdout.toString().trim()
  if (exitCode === 0 && /^[0-9a-f]{40,64}$/.test(commit)) return commit
  const shallow = (await gitText(['rev-parse', '--is-shallow-repository'], { gitDir })) === 'true'
  const hint = shallow
    ? 'this clone is shallow: fetch the whole history (actions/checkout: "fetch-depth: 0"; git fetch --unshallow)'
    : 'fetch it first (git fetch origin), or look for a slip of the pen'
  throw new UserError(`there is no commit ${name} in this repository: ${hint}`)
}

/** Whether a commit is another one, or in its past. */
export async function isInPastOf({ gitDir }: Repository, commit: string, later: string): Promise<boolean> {
  const { exitCode } = await runGit(['merge-base', '--is-ancestor', commit, later], { gitDir })
  return exitCode === 0
}

/** Whether a commit has a file or link at a path: relative to the root, with `/`. */
export async function hasFile({ gitDir }: Repository, commit: string, path: string): Promise<boolean> {
  const row = await git(['ls-tree', '-z', '--full-tree', commit, '--', `:(literal)${path}`], { gitDir })
  return / blob /.test(row.toString('latin1').split('\t')[0] ?? '')
}

/** The tracked files at a path and below it: relative to the root. */
export async function trackedBelow({ root, gitDir }: Repository, path: string): Promise<string[]> {
  const options = { gitDir, workTree: root }
  const found = await git(['ls-files', '-z', '--', `:(top,literal)${path}`], options)
  return found.toString('utf8').split('\0').slice(0, -1)
}
