import {
  closeSync,
  constants,
  fchmodSync,
  lstatSync,
  mkdirSync,
  openSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { lstat, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileContent, FileTree } from '../model/files.ts'

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Bytes as they are kept in memory: text where they are valid UTF-8, base64 where not. */
export function toContent(bytes: Uint8Array, executable: boolean): FileContent {
  try {
    return { encoding: 'utf8', data: strict.decode(bytes), executable }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return { encoding: 'base64', data: Buffer.from(bytes).toString('base64'), executable }
  }
}

/** The bytes of a file held in memory. */
export function toBytes(content: FileContent): Buffer {
  return Buffer.from(content.data, content.encoding)
}

/** Text of a file held in memory; undefined if it is not text. */
export function toText(content: FileContent | undefined): string | undefined {
  return content?.encoding === 'utf8' ? content.data : undefined
}

/**
 * Writes files below a folder that may hold hostile things: whatever stands at a path is removed first, and no link is
 * followed on the way to it.
 */
export function writeTree(root: string, files: FileTree): void {
  for (const [path, content] of Object.entries(files)) {
    const parts = path.split('/')
    makeRealFolders(root, parts.slice(0, -1))
    const target = join(root, ...parts)
    if (kindOf(target) !== null) rmSync(target, { recursive: true, force: true })
    const mode = content.executable ? 0o755 : 0o644
    const file = openSync(
      target,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      mode,
    )
    try {
      writeFileSync(file, toBytes(content))
      // Whatever the umask says.
      fchmodSync(file, mode)
    } finally {
      closeSync(file)
    }
  }
}

/** Removes paths below a folder without following a link on the way. */
export async function removePaths(root: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const parts = path.split('/')
    if (await isRealFolder(root, parts.slice(0, -1)))
      await rm(join(root, ...parts), { recursive: true, force: true })
  }
}

function makeRealFolders(root: string, parts: readonly string[]): void {
  let folder = root
  for (const part of parts) {
    folder = join(folder, part)
    const kind = kindOf(folder)
    if (kind === 'folder') continue
    if (kind !== null) rmSync(folder, { force: true })
    mkdirSync(folder)
  }
}

/** Of what stands at a path itself, links not followed; null if nothing does. */
function kindOf(path: string): 'folder' | 'other' | null {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return stats === undefined ? null : stats.isDirectory() ? 'folder' : 'other'
}

async function isRealFolder(root: string, parts: readonly string[]): Promise<boolean> {
  let folder = root
  for (const part of parts) {
    folder = join(folder, part)
    if (!(await lstat(folder).catch(() => null))?.isDirectory()) return false
  }
  return true
}
