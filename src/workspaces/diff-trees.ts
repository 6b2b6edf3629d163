import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isUtf8 } from 'node:buffer'
import type { Patch } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import { GitError, git, splitZ } from '../util/git.ts'
import { readBlobs } from '../util/git-blobs.ts'

const format = ['-r', '--no-renames', '--no-ext-diff', '--no-textconv', '--diff-algorithm=myers']

/** The patch from one tree to another. Throws InfraError if it is larger than `maxBytes`. */
export async function diffTrees(gitDir: string, from: string, to: string, maxBytes: number): Promise<Patch> {
  if (from === to) return { text: '', changedFiles: [], linesAdded: 0, linesRemoved: 0 }
  const changes = await listChanges(gitDir, from, to)
  let patch = await printPatch(gitDir, from, to, maxBytes)
  if (!isUtf8(patch)) {
    await markAsBinary(gitDir, await pathsOfOtherText(gitDir, changes))
    patch = await printPatch(gitDir, from, to, maxBytes)
    if (!isUtf8(patch)) throw new InfraError(`the changes of ${gitDir} cannot be told as text`)
  }
  return {
    text: patch.toString('utf8'),
    changedFiles: changes.map(change => Buffer.from(change.path, 'latin1').toString('utf8')),
    ...(await countLines(gitDir, from, to)),
  }
}

async function printPatch(gitDir: string, from: string, to: string, maxBytes: number): Promise<Buffer> {
  const args = ['diff-tree', ...format, '--patch', '--binary', '--full-index', from, to]
  try {
    return await git(args, { gitDir, maxOutputBytes: maxBytes })
  } catch (error) {
    if (!(error instanceof GitError && error.message.includes('printed more than'))) throw error
    throw new InfraError(
      `the patch is larger than ${Math.round(maxBytes / 1e6)} MB: the agent left large files that .gitignore does not name`,
      { cause: error },
    )
  }
}

/** Binary files count as 0. */
async function countLines(
  gitDir: string,
  from: string,
  to: string,
): Promise<{ linesAdded: number; linesRemoved: number }> {
  let linesAdded = 0
  let linesRemoved = 0
  for (const row of splitZ(await git(['diff-tree', ...format, '--numstat', '-z', from, to], { gitDir }))) {
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
  // ":oldMode newMode oldId newId status", the path, and so on.
  const parts = splitZ(
    await git(['diff-tree', ...format, '--raw', '--full-index', '-z', from, to], { gitDir }),
  )
  const changes: Change[] = []
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [oldMode = '', newMode = '', oldId = '', newId = ''] = (parts[at] ?? '').slice(1).split(' ')
    changes.push({ oldMode, newMode, oldId, newId, path: parts[at + 1] ?? '' })
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
