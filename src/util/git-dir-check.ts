import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { configText, rawAttributes, type GitDirOptions } from './git-dir.ts'

/** What may bring in programs, other objects or another view of them, and is in none of our git directories. */
const foreign = [
  'hooks',
  'config.worktree',
  'commondir',
  'shallow',
  'info/grafts',
  'refs/replace',
  'modules',
  'worktrees',
]

/**
 * What differs from a git directory that `writeGitDir` made, in half sentences; none if nothing does. Runs no git, so it is
 * safe to call before git gets to see the directory.
 */
export async function mistakesInGitDir(path: string, options: GitDirOptions): Promise<string[]> {
  const expected: [name: string, text: string | null][] = [
    ['config', configText(options)],
    ['HEAD', 'ref: refs/heads/main\n'],
    ['objects/info/alternates', options.alternates?.map(folder => `${folder}\n`).join('') ?? null],
    ['info/attributes', options.raw ? rawAttributes : null],
  ]
  const mistakes: string[] = []
  for (const [name, text] of expected) {
    const found = await readFile(join(path, name), 'utf8').catch(absent)
    if (found !== text) mistakes.push(`${name} ${found === null ? 'is missing' : 'was changed'}`)
  }
  const packed = (await readFile(join(path, 'packed-refs'), 'utf8').catch(absent)) ?? ''
  if (packed.includes(' refs/replace/')) mistakes.push('packed-refs replaces objects')
  for (const name of foreign) if (await isThere(join(path, name))) mistakes.push(`${name} was added`)
  return mistakes
}

async function isThere(path: string): Promise<boolean> {
  const names = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTDIR') return ['a file']
    return absent(error)
  })
  return names !== null && names.length > 0
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
  throw error
}
