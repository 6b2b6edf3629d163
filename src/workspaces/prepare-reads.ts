import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { InfraError } from '../errors.ts'
import type { Source } from '../model/suite.ts'
import { matcher } from '../util/glob.ts'
import { git, splitZ } from '../util/git.ts'
import { partsOf } from './checkout.ts'
import { filesOfFolder } from './files.ts'
import type { LeftBehind } from './left-behind.ts'

/** Mode and object id of files, by path. */
export type FilesToRead = Record<string, string>

/**
 * The tracked files of a checkout that `prepare` gets to see: those that the source names, and all `.gitignore` files, which
 * say what of its work is none of git's business. Throws InfraError if a glob matches none.
 */
export async function filesToRead(checkout: string, globs: readonly string[]): Promise<FilesToRead> {
  const gitDir = join(partsOf(checkout).workTree, '.git')
  const listed = splitZ(await git(['ls-tree', '-r', '-z', 'HEAD'], { gitDir })).map(line => {
    const [what = '', path = ''] = line.split('\t')
    return { what, path: Buffer.from(path, 'latin1').toString() }
  })
  for (const glob of globs) {
    if (listed.some(({ path }) => matcher([glob])(path))) continue
    throw new InfraError(
      `"prepareReads" names ${glob}, but the commit has no such file: correct it, or leave it out`,
    )
  }
  const isRead = matcher([...globs, '**/.gitignore'])
  return Object.fromEntries(listed.filter(({ path }) => isRead(path)).map(({ path, what }) => [path, what]))
}

/** Lays these files of a checkout, and nothing else, into a new folder. */
export async function copyFiles(from: string, to: string, files: FilesToRead): Promise<void> {
  await mkdir(to)
  await filesOfFolder(to).copy(filesOfFolder(from), Object.keys(files))
}

/** All files of a base, with mode and object id. */
export async function filesOfBase(gitDir: string): Promise<string[]> {
  return splitZ(await git(['ls-files', '--stage', '-z'], { gitDir }))
}

/** What commands changed of the files that they saw, and what they left that git does not ignore. */
export function changedPaths(
  before: readonly string[],
  after: readonly string[],
  { gone, replaced }: LeftBehind,
): string[] {
  const common = new Set(before.filter(line => after.includes(line)))
  const changed = [...before, ...after]
    .filter(line => !common.has(line))
    .map(line => line.split('\t')[1] ?? '')
  const paths = new Set([...changed, ...gone, ...replaced])
  return [...paths].map(path => Buffer.from(path, 'latin1').toString())
}

export function notShareable({ name }: Source, paths: readonly string[]): InfraError {
  const shown = `${paths.slice(0, 5).join(', ')}${paths.length > 5 ? ', …' : ''}`
  return new InfraError(
    `preparing source "${name}" failed: with "prepareReads" the commands may leave only files that git ignores, but they ` +
      `changed or left ${shown}. Leave "prepareReads" out, or have these files not written`,
  )
}
