import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FixFiles } from '../contracts.ts'
import { InfraError, UserError } from '../errors.ts'
import type { FileTree } from '../model/files.ts'
import type { Fix, Source } from '../model/suite.ts'
import { toContent } from '../util/file-tree.ts'
import { git, gitText, runGit, withoutCredentials } from '../util/git.ts'
import { readBlobs } from '../util/git-blobs.ts'
import { matcher } from '../util/glob.ts'
import { maxPatchBytes } from './capture.ts'
import { diffTrees, listChanges, type Change } from './diff-trees.ts'
import { ensureCommit } from './mirror.ts'

const submodule = '160000'
const link = '120000'
const absent = '000000'

/**
 * What a later commit gives to its task: of the files that differ from the pin, those that match the globs are hidden, and
 * the rest is the reference. Submodules are left out of the reference, because workspaces do not have them. Throws UserError
 * if the commit or the globs do not fit, InfraError if the mirror cannot get it.
 */
export async function readFix(cacheRoot: string, source: Source, fix: Fix): Promise<FixFiles> {
  await ensureCommit(cacheRoot, source.git, source.commit)
  const gitDir = await ensureCommit(cacheRoot, source.git, fix.commit)
  const what = `fix commit ${fix.commit} of ${withoutCredentials(source.git)}`
  await refuseEarlier(gitDir, source, fix, what)

  const changes = await listChanges(gitDir, source.commit, fix.commit)
  const matches = matcher(fix.hidden)
  const isHidden = (change: Change): boolean => matches(pathOf(change))
  const hidden = changes.filter(isHidden)
  const rest = changes.filter(
    change => !isHidden(change) && change.oldMode !== submodule && change.newMode !== submodule,
  )
  const globs = fix.hidden.map(glob => `"${glob}"`).join(', ')
  if (hidden.length === 0) {
    throw new UserError(
      `${what} changes no file that matches ${globs}: correct "hidden", it changes ${list(changes)}`,
    )
  }
  if (rest.length === 0) {
    throw new UserError(
      `${what} changes only files that match ${globs}: nothing is left that solves the task`,
    )
  }
  return {
    hidden: await readHidden(gitDir, hidden, what),
    deleted: hidden.filter(change => change.newMode === absent).map(pathOf),
    reference: await referenceFor(gitDir, source.commit, rest),
  }
}

async function refuseEarlier(gitDir: string, source: Source, fix: Fix, what: string): Promise<void> {
  const args = ['merge-base', '--is-ancestor', fix.commit, source.commit]
  if ((await runGit(args, { gitDir })).exitCode !== 0) return
  throw new UserError(
    `${what} is the pinned commit or lies before it: name a later commit, which solves the task`,
  )
}

async function readHidden(gitDir: string, hidden: Change[], what: string): Promise<FileTree> {
  const present = hidden.filter(change => change.newMode !== absent)
  const odd = present.filter(({ newMode }) => newMode === link || newMode === submodule)
  if (odd.length > 0) {
    throw new InfraError(
      `${what} has links or submodules among its hidden files: ${list(odd)}; leave them out of "hidden"`,
    )
  }
  const blobs = await readBlobs([...new Set(present.map(change => change.newId))], { gitDir })
  const files = present.map(change => {
    const bytes = blobs.get(change.newId) ?? Buffer.alloc(0)
    return [pathOf(change), toContent(bytes, change.newMode === '100755')] as const
  })
  return Object.fromEntries(files)
}

/** A tree with these changes only, made in an index aside: however many paths there are, none is on a command line. */
async function referenceFor(gitDir: string, pin: string, rest: Change[]): Promise<string> {
  const index = join(gitDir, `fix-${randomBytes(6).toString('hex')}.index`)
  const options = { gitDir, env: { GIT_INDEX_FILE: index } }
  try {
    await git(['read-tree', pin], options)
    // Removals first: a file may become a folder.
    const ordered = rest.toSorted((a, b) => Number(b.newMode === absent) - Number(a.newMode === absent))
    const lines = ordered.map(
      ({ newMode, newId, path }) => `${Number(newMode) === 0 ? '0' : newMode} ${newId}\t${path}\0`,
    )
    await git(['update-index', '-z', '--index-info'], {
      ...options,
      input: Buffer.from(lines.join(''), 'latin1'),
    })
    const tree = await gitText(['write-tree'], options)
    return (await diffTrees(gitDir, `${pin}^{tree}`, tree, maxPatchBytes)).text
  } finally {
    await rm(index, { force: true })
  }
}

function pathOf(change: Change): string {
  return Buffer.from(change.path, 'latin1').toString('utf8')
}

function list(changes: Change[]): string {
  const shown = changes.slice(0, 10).map(pathOf).join(', ')
  return changes.length > 10 ? `${shown} and ${changes.length - 10} more` : shown || 'nothing'
}
