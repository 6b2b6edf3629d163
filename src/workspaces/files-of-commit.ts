import { lutimesSync } from 'node:fs'
import { git, splitZ } from '../util/git.ts'

/** 2000-01-01T00:00:00Z, where the commit's own date is no use. */
const otherwise = 946_684_800

/**
 * Writes the files of HEAD, all with the date of the commit (in seconds since 1970). git tells by a file's time, in seconds,
 * whether it must read it again: a change that is made in the very second of the checkout could go unseen, and files as
 * young as the index would be read by every `git status`. With one date for all, build tools see nothing as out of date.
 */
export async function writeFiles(gitDir: string, workTree: string, date: number): Promise<void> {
  const options = { gitDir, workTree }
  await git(['read-tree', '--reset', '-u', 'HEAD'], options)
  const known = date > otherwise && date < Date.now() / 1000 - 60 ? date : otherwise
  for (const path of splitZ(await git(['ls-files', '-z'], options))) {
    lutimesSync(Buffer.concat([Buffer.from(`${workTree}/`), Buffer.from(path, 'latin1')]), known, known)
  }
  await git(['update-index', '-q', '--refresh'], options)
}
