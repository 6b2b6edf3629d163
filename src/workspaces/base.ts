import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeGitDir } from '../util/git-dir.ts'
import { git, splitZ } from '../util/git.ts'
import { stage } from '../util/git-stage.ts'

/**
 * Records a checkout's files as they are on disk in a git directory of our own, outside of the folder, and returns their
 * tree. Its index and its tree are what every patch is taken against. Tracked files are in it even where they are ignored;
 * of submodules only the files are.
 */
export async function takeBase(workTree: string, gitDir: string): Promise<string> {
  const theirs = join(workTree, '.git')
  const head = (await git(['rev-parse', 'HEAD'], { gitDir: theirs })).toString().trim()
  await rm(gitDir, { recursive: true, force: true })
  await writeGitDir(gitDir, { bare: true, raw: true, idLength: head.length })
  const options = { gitDir, workTree, env: borrowing(workTree) }
  await git(['read-tree', head], options)
  const tree = await stage(options)
  await excludeIgnored(gitDir, options)
  return tree
}

/** Object folders of a checkout, from which the git directories of its copies borrow. */
export function borrowing(workTree: string): Record<string, string> {
  return { GIT_ALTERNATE_OBJECT_DIRECTORIES: join(workTree, '.git/objects') }
}

/**
 * What is ignored now (installed packages) stays so: it would all be in the patch of an agent that takes a line out of
 * `.gitignore`.
 */
async function excludeIgnored(
  gitDir: string,
  options: { workTree: string; env: Record<string, string> },
): Promise<void> {
  const args = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory']
  const ignored = splitZ(await git(args, { gitDir, ...options }))
  const patterns = ignored
    .filter(path => !/[\r\n]/.test(path))
    .map(path => `/${path.replace(/[\\*?[ ]/g, '\\$&')}\n`)
  await writeFile(join(gitDir, 'info/exclude'), patterns.join(''), 'latin1')
}
