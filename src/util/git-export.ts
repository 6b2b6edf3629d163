import { mkdir, realpath } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { writeGitDir } from './git-dir.ts'
import { git, gitText } from './git.ts'
import type { Repository } from './git-repository.ts'

/**
 * Writes the files of a commit, byte for byte as its objects have them, into a folder of their own below `parent`, and
 * returns its path without links. A git directory of our own borrows the objects: no configuration, hook, filter or
 * attribute of the repository has a say, and git writes no file through a link.
 */
export async function exportCommit({ gitDir }: Repository, commit: string, parent: string): Promise<string> {
  const objects = resolve(gitDir, await gitText(['rev-parse', '--git-path', 'objects'], { gitDir }))
  const [own, files] = [join(parent, 'export.git'), join(parent, 'export')]
  await writeGitDir(own, { bare: true, raw: true, idLength: commit.length, alternates: [objects] })
  await mkdir(files, { mode: 0o700 })
  await git(['read-tree', commit], { gitDir: own })
  await git(['checkout-index', '--all'], { gitDir: own, workTree: files })
  return realpath(files)
}
