import { constants } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { glob, isDynamicPattern } from 'tinyglobby'
import { z } from 'zod'

/** A longer file or output is not searched. */
export const maxSearchedBytes = 1024 * 1024

/** A path (or a glob of paths) relative to the workspace, with `/`, that cannot leave it. A leading `./` does no harm. */
export const insidePath = z.string().superRefine((path, context) => {
  const message = mistakeInPath(path)
  if (message !== null) context.addIssue({ code: 'custom', message })
})

/** What keeps a text from being a path inside of the workspace; null if nothing does. */
export function mistakeInPath(path: string): string | null {
  const parts = cleanPath(path).split('/')
  if (path.trim() === '') return 'expected a path relative to the workspace, got an empty one'
  if (path.includes('\\') || isAbsolute(path) || /^[A-Za-z]:/.test(path)) {
    return `expected a path relative to the workspace, with /, got "${path}"`
  }
  if (parts.includes('..')) return `expected a path inside of the workspace: "${path}" leaves it`
  if (parts[0] === '.git') return `"${path}" is a part of git's own folder, which is not judged`
  return null
}

/** Without a leading `./` and without `/` at the end. */
export function cleanPath(path: string): string {
  return path.replace(/^(\.\/+)+/, '').replace(/\/+$/, '')
}

export type InsideFile =
  | { state: 'text'; text: string }
  /** `outside`: a link that leads out of the workspace. */
  | { state: 'missing' | 'outside' | 'not-a-file' | 'too-large' }

/** Reads a file that an agent may have made. Links are followed only where they stay inside of the folder. */
export async function readInside(root: string, path: string, maxBytes = maxSearchedBytes): Promise<InsideFile> {
  const real = await locate(root, path)
  if (real === 'missing' || real === 'outside') return { state: real }
  // O_NONBLOCK so that a pipe in the place of the file cannot hold us up.
  const file = await open(real.path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  try {
    const stat = await file.stat()
    if (!stat.isFile()) return { state: 'not-a-file' }
    if (stat.size > maxBytes) return { state: 'too-large' }
    return { state: 'text', text: await file.readFile('utf8') }
  } finally {
    await file.close()
  }
}

/** In words, why a file could not be read. */
export function whyUnread(state: Exclude<InsideFile['state'], 'text'>): string {
  return {
    missing: 'there is no such file',
    outside: 'it is a link that leaves the workspace',
    'not-a-file': 'it is not a file',
    'too-large': `it is larger than ${maxSearchedBytes / 1024 / 1024} MiB, which is more than is searched`,
  }[state]
}

/**
 * What a path or glob stands for: the path itself if something is there, else what matches it as a glob. Links to folders
 * are not entered; `node_modules` only where the glob names it.
 */
export async function findInside(root: string, pathOrGlob: string): Promise<string[]> {
  const path = cleanPath(pathOrGlob)
  if (typeof (await locate(root, path)) !== 'string') return [path]
  if (!isDynamicPattern(path)) return []
  const ignore = ['.git', ...(path.includes('node_modules') ? [] : ['**/node_modules'])]
  const found = await glob(path, {
    cwd: root,
    dot: true,
    ignore,
    onlyFiles: false,
    followSymbolicLinks: false,
    expandDirectories: false,
  })
  return found.map(cleanPath).toSorted()
}

async function locate(root: string, path: string): Promise<{ path: string } | 'missing' | 'outside'> {
  try {
    const real = await realpath(join(root, path))
    const within = relative(await realpath(root), real)
    return within === '..' || within.startsWith(`..${sep}`) || isAbsolute(within) ? 'outside' : { path: real }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'ENAMETOOLONG') return 'missing'
    throw error
  }
}
