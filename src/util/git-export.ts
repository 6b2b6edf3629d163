import { mkdir, realpath } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { writeGitDir } from './git-dir.ts'
import { git, gitText, joinZ, splitZ } from './git.ts'
import type { Repository } from './git-repository.ts'

/** Files of one commit, written out as they are asked for. */
export interface CommitExport {
  /** Where they are, without links. */
  folder: string
  /** Writes what the commit has at these paths and below. Where a link could lead on from there, writes all that it has. */
  write(paths: readonly string[]): Promise<void>
}

/**
 * Opens a folder below `parent` for the files of a commit, byte for byte as its objects have them. A git directory of our
 * own borrows the objects: no configuration, hook, filter or attribute of the repository has a say, and git writes no file
 * through a link.
 */
export async function exportCommit(
  { gitDir }: Repository,
  commit: string,
  parent: string,
): Promise<CommitExport> {
  const objects = resolve(gitDir, await gitText(['rev-parse', '--git-path', 'objects'], { gitDir }))
  const [own, files] = [join(parent, 'export.git'), join(parent, 'export')]
  await writeGitDir(own, { bare: true, raw: true, idLength: commit.length, alternates: [objects] })
  await mkdir(files, { mode: 0o700 })
  const options = { gitDir: own, workTree: files }
  await git(['read-tree', commit], { gitDir: own })

  async function write(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      const rows = splitZ(await git(['ls-files', '--stage', '-z', '--', `:(top,literal)${path}`], options))
      const isWhole = rows.length > 0 && !rows.some(row => row.startsWith('120000'))
      if (!isWhole) return void (await git(['checkout-index', '--all', '--force'], options))
      const names = rows.map(row => row.slice(row.indexOf('\t') + 1))
      await git(['checkout-index', '--force', '-z', '--stdin'], { ...options, input: joinZ(names) })
    }
  }
  return { folder: await realpath(files), write }
}
