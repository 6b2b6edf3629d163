import { UserError } from '../errors.ts'
import { git, withoutCredentials } from '../util/git.ts'

/** Several times as many as the largest repositories that people work in have. */
const maxFiles = 3_000_000

/**
 * Throws UserError if a commit has more files than can be meant: a few trees of a few bytes, each holding the next one ten
 * times, are enough to name more than any disk or memory holds. Counts no further than it has to.
 */
export async function refuseEndless(gitDir: string, url: string, commit: string): Promise<void> {
  let files = 0
  const onStdout = (chunk: Buffer): string | null => {
    for (let at = chunk.indexOf(0); at >= 0; at = chunk.indexOf(0, at + 1)) files += 1
    return files > maxFiles ? 'listed more files than can be meant' : null
  }
  try {
    await git(['ls-tree', '-r', '-z', '--name-only', commit], { gitDir, onStdout })
  } catch (error) {
    if (files <= maxFiles) throw error
    throw new UserError(
      `commit ${commit} of ${withoutCredentials(url)} has more than ${maxFiles.toLocaleString('en-US')} files, ` +
        'as a repository that is made to fill disks has: pin another commit',
    )
  }
}
