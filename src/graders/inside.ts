import { readFile } from 'node:fs/promises'
import { isAbsolute, posix } from 'node:path'
import { z } from 'zod'
import type { WorkspaceFiles } from '../contracts.ts'
import { matcher } from '../util/glob.ts'
import { onDisk, type Entry } from '../util/layers.ts'

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

/** Reads a file that an agent may have made. Links are followed only where they stay inside of the workspace. */
export async function readInside(
  files: WorkspaceFiles,
  path: string,
  maxBytes = maxSearchedBytes,
): Promise<InsideFile> {
  const found = await files.locate(path)
  if (found.state !== 'there') return { state: found.state }
  const { stats, places } = found.entry
  if (!stats.isFile()) return { state: 'not-a-file' }
  if (stats.size > maxBytes) return { state: 'too-large' }
  return { state: 'text', text: await readFile(onDisk(places[0]), 'utf8') }
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
export async function findInside(files: WorkspaceFiles, pathOrGlob: string): Promise<string[]> {
  const path = cleanPath(pathOrGlob)
  const skipped = path.includes('node_modules') ? ['.git'] : ['.git', 'node_modules']
  const parent = await files.locate(posix.dirname(path))
  const entry =
    parent.state === 'there' ? await files.at(posix.join(parent.path, posix.basename(path))) : null
  if (entry?.stats.isDirectory()) {
    const found = await walk(files, entry, path, skipped)
    return found.length > 0 ? found : [path]
  }
  if (entry !== null) return [path]
  const isGlob = /[*?[\]{}()!]/.test(path)
  const top = isGlob ? await files.at('') : null
  return top ? (await walk(files, top, '', skipped)).filter(matcher([path])) : []
}

/** Whether something is at a path once its links are followed, and all of them stay inside. */
export async function leadsInside(files: WorkspaceFiles, path: string): Promise<boolean> {
  return (await files.locate(path)).state === 'there'
}

/** All that is no folder, in the order of paths. */
async function walk(
  files: WorkspaceFiles,
  folder: Entry,
  at: string,
  skipped: readonly string[],
  found: string[] = [],
): Promise<string[]> {
  const entries = [...(await files.entries(folder))].toSorted(([a], [b]) => (a < b ? -1 : 1))
  for (const [name, entry] of entries) {
    if (skipped.includes(name)) continue
    const path = at === '' ? name : `${at}/${name}`
    if (entry.stats.isDirectory()) await walk(files, entry, path, skipped, found)
    else found.push(path)
  }
  return found
}
