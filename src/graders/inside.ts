import { constants, type Stats } from 'node:fs'
import { lstat, open, readdir, realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'
import { z } from 'zod'
import { matcher } from '../util/glob.ts'

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
export async function readInside(
  root: string,
  path: string,
  maxBytes = maxSearchedBytes,
): Promise<InsideFile> {
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
 * The files and links that a path or a glob stands for; a folder stands for all in it, and for itself if it is empty. Links
 * to folders are not entered; `node_modules` only where the glob names it.
 */
export async function findInside(root: string, pathOrGlob: string): Promise<string[]> {
  const path = cleanPath(pathOrGlob)
  const skipped = path.includes('node_modules') ? ['.git'] : ['.git', 'node_modules']
  const stat = await lstatInside(root, path)
  if (stat?.isDirectory()) {
    const found = await walk(root, path, skipped)
    return found.length > 0 ? found : [path]
  }
  if (stat !== null) return [path]
  const isGlob = /[*?[\]{}()!]/.test(path)
  return isGlob ? (await walk(root, '', skipped)).filter(matcher([path])) : []
}

/** Whether something is at a path once its links are followed, and all of them stay inside. */
export async function leadsInside(root: string, path: string): Promise<boolean> {
  return typeof (await locate(root, path)) !== 'string'
}

/** All that is no folder, in the order of paths. */
async function walk(
  root: string,
  folder: string,
  skipped: readonly string[],
  found: string[] = [],
): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true })
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (skipped.includes(entry.name)) continue
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) await walk(root, path, skipped, found)
    else found.push(path)
  }
  return found
}

/** Null if nothing is there, or if a link on the way to it leads out. */
async function lstatInside(root: string, path: string): Promise<Stats | null> {
  const folder = await locate(root, dirname(path))
  if (typeof folder === 'string') return null
  return lstat(join(folder.path, basename(path))).catch((error: unknown) => {
    if (isAbsence(error)) return null
    throw error
  })
}

async function locate(root: string, path: string): Promise<{ path: string } | 'missing' | 'outside'> {
  try {
    const real = await realpath(join(root, path))
    const within = relative(await realpath(root), real)
    return within === '..' || within.startsWith(`..${sep}`) || isAbsolute(within) ? 'outside' : { path: real }
  } catch (error) {
    if (isAbsence(error)) return 'missing'
    throw error
  }
}

function isAbsence(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'ENAMETOOLONG'
}
