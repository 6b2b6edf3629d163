import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isUtf8 } from 'node:buffer'
import type { Patch } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import { GitError, git, splitZ, type GitOptions } from '../util/git.ts'
import { readBlobs } from '../util/git-blobs.ts'

const format = ['-r', '--no-renames', '--no-ext-diff', '--no-textconv', '--diff-algorithm=myers']

export const noPatch: Patch = { text: '', changedFiles: [], linesAdded: 0, linesRemoved: 0 }

/** The patch from one tree to another. Throws InfraError if it is larger than `maxBytes`. */
export async function diffTrees(gitDir: string, from: string, to: string, maxBytes: number): Promise<Patch> {
  if (from === to) return noPatch
  let printed = await print(gitDir, from, to, maxBytes)
  if (!isUtf8(printed.patch)) {
    await markAsBinary(gitDir, await pathsOfOtherText(gitDir, printed.changes))
    printed = await print(gitDir, from, to, maxBytes)
    if (!isUtf8(printed.patch)) throw new InfraError(`the changes of ${gitDir} cannot be told as text`)
  }
  return {
    text: printed.patch.toString('utf8'),
    changedFiles: printed.changes.map(change => Buffer.from(change.path, 'latin1').toString('utf8')),
    ...countLines(printed.counts),
  }
}

interface Printed {
  changes: Change[]
  /** "added, tab, removed, tab, path" for each file. */
  counts: string[]
  patch: Buffer
}

/** All in one go: "raw lines, counts of lines", each ended by a zero byte, one more of them, and the patch. */
async function print(gitDir: string, from: string, to: string, maxBytes: number): Promise<Printed> {
  const args = [
    'diff-tree',
    ...format,
    '--raw',
    '--numstat',
    '--patch',
    '--binary',
    '--full-index',
    '-z',
    from,
    to,
  ]
  try {
    const output = await git(args, { gitDir, maxOutputBytes: maxBytes })
    const end = output.indexOf('\0\0')
    if (end < 0) return { changes: [], counts: [], patch: Buffer.alloc(0) }
    const fields = splitZ(output.subarray(0, end + 1))
    const changes = toChanges(fields)
    return { changes, counts: fields.slice(2 * changes.length), patch: output.subarray(end + 2) }
  } catch (error) {
    if (!(error instanceof GitError && error.message.includes('printed more than'))) throw error
    throw new InfraError(
      `the patch is larger than ${Math.round(maxBytes / 1e6)} MB: the agent left large files that .gitignore does not name`,
      { cause: error },
    )
  }
}

/** Binary files count as 0. */
function countLines(counts: readonly string[]): { linesAdded: number; linesRemoved: number } {
  let linesAdded = 0
  let linesRemoved = 0
  for (const row of counts) {
    const [added, removed] = row.split('\t', 2)
    linesAdded += Number(added) || 0
    linesRemoved += Number(removed) || 0
  }
  return { linesAdded, linesRemoved }
}

export interface Change {
  /** `000000` where the file is not. */
  oldMode: string
  newMode: string
  oldId: string
  newId: string
  /** One character a byte. */
  path: string
}

/** The files that differ, in git's order. Works for trees and commits. */
export async function listChanges(gitDir: string, from: string, to: string): Promise<Change[]> {
  return toChanges(
    splitZ(await git(['diff-tree', ...format, '--raw', '--full-index', '-z', from, to], { gitDir })),
  )
}

/** The files of an index that differ from a tree. */
export async function listStaged(options: GitOptions, tree: string): Promise<Change[]> {
  return toChanges(
    splitZ(await git(['diff-index', '--cached', ...format, '--raw', '--full-index', '-z', tree], options)),
  )
}

/** ":oldMode newMode oldId newId status", the path, and so on, as far as it goes. */
function toChanges(fields: readonly string[]): Change[] {
  const changes: Change[] = []
  for (let at = 0; fields[at]?.startsWith(':') && at + 1 < fields.length; at += 2) {
    const [oldMode = '', newMode = '', oldId = '', newId = ''] = (fields[at] ?? '').slice(1).split(' ')
    changes.push({ oldMode, newMode, oldId, newId, path: fields[at + 1] ?? '' })
  }
  return changes
}

/** Files that git shows as text but that are not UTF-8 (Latin-1, say): as text they would lose bytes. */
async function pathsOfOtherText(gitDir: string, changes: Change[]): Promise<string[]> {
  const isThere = (id: string): boolean => !/^0+$/.test(id)
  const ids = [...new Set(changes.flatMap(change => [change.oldId, change.newId]).filter(isThere))]
  const blobs = await readBlobs(ids, { gitDir })
  const isOther = (id: string): boolean => !isUtf8(blobs.get(id) ?? Buffer.alloc(0))
  return changes.filter(change => isOther(change.oldId) || isOther(change.newId)).map(change => change.path)
}

async function markAsBinary(gitDir: string, paths: string[]): Promise<void> {
  // In quotes every byte can be told by its number, and the backslash takes the meaning from `*`.
  const escaped = (character: string): string => {
    const octal = `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`
    return /[\\*?[\]]/.test(character) ? `\\134${octal}` : octal
  }
  const lines = paths.map(path => `"/${path.replace(/[^\w./-]/g, escaped)}" -diff\n`)
  await appendFile(join(gitDir, 'info/attributes'), lines.join(''))
}
