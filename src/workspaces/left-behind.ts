import { lstatSync, readdirSync, rmSync, rmdirSync, type BigIntStats } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { onDisk, toBytePath } from '../util/layers.ts'

/** How every file and folder of a tree was, by its path; one character of a path is one byte. `.git` at the top is left out. */
export type TreeState = ReadonlyMap<string, string>

/** Long enough that the file system's clock has gone on, and shows what is changed from now on. */
const clockTickMs = 20

/** Remembers what the file system tells of a tree, so that what commands leave in it can be told from it. */
export async function stateOf(root: string): Promise<TreeState> {
  const state = new Map<string, string>()
  const visit = (folder: string): void => {
    for (const [path, stats] of entriesBelow(root, folder)) {
      state.set(path, signOf(stats))
      if (stats.isDirectory()) visit(path)
    }
  }
  visit('')
  await delay(clockTickMs)
  return state
}

/** What became of the entries that were there before; folders stand for all in them. */
export interface LeftBehind {
  /** Nothing is at these paths now. */
  gone: string[]
  /** Another file, or something of another kind, is at these paths now. */
  replaced: string[]
}

/**
 * Takes everything out of a tree that is as it was, so that only what commands left stays: new files and folders, and those
 * with another content, mode or time. The time of its last change, which no program can set, tells.
 */
export function keepLeftBehind(root: string, before: TreeState): LeftBehind {
  const seen = new Set<string>()
  const replaced = new Set<string>()
  const visit = (folder: string): void => {
    for (const [path, stats] of entriesBelow(root, folder)) {
      seen.add(path)
      const was = before.get(path)
      const isSame = was === signOf(stats)
      if (stats.isDirectory()) {
        visit(path)
        if (isSame && readdirSync(onDisk(placeOf(root, path))).length === 0)
          rmdirSync(onDisk(placeOf(root, path)))
      } else if (isSame) rmSync(onDisk(placeOf(root, path)))
      if (was !== undefined && !isSame && !(stats.isDirectory() && wasFolder(was))) replaced.add(path)
    }
  }
  visit('')
  const gone: string[] = []
  for (const path of before.keys()) {
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')))
    // What was in something that is gone, or is no folder any more, went with it.
    const isTopmost = parent === '' || (seen.has(parent) && !replaced.has(parent))
    if (!seen.has(path) && isTopmost) gone.push(path)
  }
  return { gone, replaced: [...replaced] }
}

const wasFolder = (sign: string): boolean => sign.startsWith('folder')

/** The change time of a folder tells of what is in it: only its mode counts. */
function signOf(stats: BigIntStats): string {
  return stats.isDirectory() ? `folder ${stats.mode}` : `${stats.ino} ${stats.ctimeNs}`
}

function entriesBelow(root: string, folder: string): [path: string, stats: BigIntStats][] {
  const names = readdirSync(onDisk(placeOf(root, folder)), 'latin1')
  return names
    .filter(name => folder !== '' || name !== '.git')
    .map(name => (folder === '' ? name : `${folder}/${name}`))
    .map(path => [path, lstatSync(onDisk(placeOf(root, path)), { bigint: true })])
}

function placeOf(root: string, path: string): string {
  return path === '' ? toBytePath(root) : `${toBytePath(root)}/${path}`
}
