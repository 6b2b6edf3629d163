import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeGitDir } from '../util/git-dir.ts'
import { git, splitZ } from '../util/git.ts'
import { stage } from '../util/git-stage.ts'

/**
 * Records a checkout's files as they are on disk in a git directory of our own, outside of the folder, and returns their
 * tree. Its index and its tree are what every patch is taken against. Tracked files are in it even where they are ignored;
 * of submodules only the files are. `theirs` is the git directory of the checkout, from which objects are borrowed.
 */
export async function takeBase(workTree: string, gitDir: string, theirs: string): Promise<string> {
  const head = (await git(['rev-parse', 'HEAD'], { gitDir: theirs })).toString().trim()
  await rm(gitDir, { recursive: true, force: true })
  await writeGitDir(gitDir, { bare: true, raw: true, idLength: head.length })
  const options = { gitDir, workTree, env: { GIT_ALTERNATE_OBJECT_DIRECTORIES: join(theirs, 'objects') } }
  await git(['read-tree', head], options)
  const tree = await stage(options)
  await excludeIgnored(gitDir, options)
  return tree
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
