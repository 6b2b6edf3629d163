import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { renameSync } from 'node:fs'
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
    const [batch, rest] = [waiting.slice(0, 200), waiting.slice(200)]
    waiting = rest
    if (await removeAll(batch)) continue
    for (const folder of batch) await removeFolder(folder).catch(() => undefined)
  }
  running = null
}

/** By a program, which does not keep this one from its work; false where it could not remove all. */
function removeAll(folders: readonly string[]): Promise<boolean> {
  return new Promise(resolve => {
    const child = execFile('rm', ['-rf', '--', ...folders], error => resolve(error === null))
    child.unref()
  })
}
