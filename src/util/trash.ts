import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdirSync, renameSync, rmdirSync, unlinkSync } from 'node:fs'
import { removeFolder } from './folders.ts'

/** So long what was thrown away waits for more of it: one program takes all of it off the disk. */
const gatherMs = 200

let waiting: string[] = []
let running: Promise<void> | null = null

/**
 * Takes a folder away: it is gone for everybody at once, and comes off the disk in the background. What is left when the
 * program ends is for whoever cleans the folder around it. Never throws.
 */
export function throwAway(folder: string): void {
  const trash = `${folder}-${randomBytes(3).toString('hex')}-trash`
  try {
    renameSync(folder, trash)
    waiting.push(trash)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    if (error.code === 'ENOENT') return
    waiting.push(folder)
  }
  running ??= empty()
}

async function empty(): Promise<void> {
  while (waiting.length > 0) {
    await new Promise<void>(resolve => setTimeout(resolve, gatherMs).unref())
    const batch = waiting
    waiting = []
    const large = batch.filter(folder => !removeSmall(folder))
    if (large.length === 0 || (await removeAll(large))) continue
    for (const folder of large) await removeFolder(folder).catch(() => undefined)
  }
  running = null
}

/** What is removed in less time than it takes to start a program. */
const fewEntries = 60

/** Removes a folder of few entries at once; false where it has more, or where that does not work. */
function removeSmall(folder: string): boolean {
  try {
    // Each stands before those in it.
    const folders = [folder]
    const files: string[] = []
    for (const at of folders) {
      for (const entry of readdirSync(at, { withFileTypes: true }))
        (entry.isDirectory() ? folders : files).push(`${at}/${entry.name}`)
      if (folders.length + files.length > fewEntries) return false
    }
    for (const file of files) unlinkSync(file)
    for (const empty of folders.toReversed()) rmdirSync(empty)
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    return false
  }
}

/** By a program, which does not keep this one from its work; false where it could not remove all. */
function removeAll(folders: readonly string[]): Promise<boolean> {
  return new Promise(resolve => {
    const child = execFile('rm', ['-rf', '--', ...folders], error => resolve(error === null))
    child.unref()
  })
}
