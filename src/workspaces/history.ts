import { join } from 'node:path'
import { InfraError } from '../errors.ts'
import type { Source } from '../model/suite.ts'
import { commitTree, setBranch } from '../util/git-commit.ts'
import { writeGitDir } from '../util/git-dir.ts'
import { git, gitText } from '../util/git.ts'

/** An agent may commit without being asked who it is, and no git process goes on in the background after it. */
export const historySettings =
  '[user]\nname = agent\nemail = agent@localhost\n[gc]\nauto = 0\n[maintenance]\nauto = false'

export interface History {
  /** The commit of branch `main`. */
  head: string
  /** Committer date of the pinned commit, in seconds since 1970. */
  date: number
}

/**
 * Writes a git directory that holds the pin, its past if the source asks for it, and nothing else: it is built from what is
 * allowed and not by deleting from a clone, which leaves later commits readable by their id. One pack, one branch, no
 * remote, tag, reflog, hook or borrowed object. Throws InfraError if it holds one object more or less.
 */
export async function writeHistory(mirror: string, source: Source, gitDir: string): Promise<History> {
  const date = Number(
    await gitText(['show', '--no-patch', '--format=%ct', source.commit], { gitDir: mirror }),
  )
  const head = source.history === 'none' ? await withoutPast(mirror, source.commit, date) : source.commit
  await writeGitDir(gitDir, { bare: false, idLength: source.commit.length, config: historySettings })
  const pack = join(gitDir, 'objects/pack/pack')
  await git(['pack-objects', '--quiet', '--revs', '--delta-base-offset', pack], {
    gitDir: mirror,
    input: `${head}\n`,
    timeoutMs: 3_600_000,
  })
  await setBranch({ gitDir }, 'main', head)
  await checkHistory(gitDir)
  return { head, date }
}

function withoutPast(mirror: string, commit: string, date: number): Promise<string> {
  const options = { gitDir: mirror }
  return commitTree(options, { tree: `${commit}^{tree}`, date, message: 'agent-eval: pinned tree' })
}

/** All objects that are there must be in the past of HEAD; as many there as in that past means that they are the same. */
export async function checkHistory(gitDir: string): Promise<void> {
  const present = await countLines(
    ['cat-file', '--batch-all-objects', '--unordered', '--batch-check=%(objectname)'],
    gitDir,
  )
  const allowed = await countLines(['rev-list', '--objects', '--no-object-names', 'HEAD'], gitDir)
  const refs = await countLines(['for-each-ref'], gitDir)
  if (present === allowed && refs === 1) return
  throw new InfraError(
    `the repository at ${gitDir} holds ${present} objects and ${refs} refs, expected ${allowed} objects and 1 ref: agents ` +
      'could see more than the pinned commit and its past; please report this as a bug',
  )
}

async function countLines(args: string[], gitDir: string): Promise<number> {
  let lines = 0
  const onStdout = (chunk: Buffer): void => {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1
  }
  await git(args, { gitDir, onStdout })
  return lines
}
