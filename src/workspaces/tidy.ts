import { chmod, lstat, readdir, rm } from 'node:fs/promises'

/**
 * Takes pipes, sockets and devices away, which cannot be in a patch; git would wait forever on a pipe named `.gitignore`.
 * Folders that cannot be listed are opened. The `.git` at the top is left alone.
 */
export async function removeSpecialFiles(root: string): Promise<void> {
  await visit(Buffer.from(root), true, async (path, entry) => {
    if (!entry.isFile() && !entry.isDirectory() && !entry.isSymbolicLink()) await rm(path, { force: true })
  })
}

/** Lets us read every file. The executable bit, all that a patch knows of a mode, stays. */
export async function makeReadable(root: string): Promise<void> {
  await visit(Buffer.from(root), true, async (path, entry) => {
    if (!entry.isFile()) return
    const { mode } = await lstat(path)
    if ((mode & 0o400) === 0) await chmod(path, (mode & 0o777) | 0o400)
  })
}

interface Entry {
  isFile(): boolean
  isDirectory(): boolean
  isSymbolicLink(): boolean
}

async function visit(
  folder: Buffer,
  atTop: boolean,
  each: (path: Buffer, entry: Entry) => Promise<void>,
): Promise<void> {
  for (const entry of await listFolder(folder)) {
    if (atTop && entry.name === '.git') continue
    const path = Buffer.concat([folder, Buffer.from(`/${entry.name}`, 'latin1')])
    await each(path, entry)
    if (entry.isDirectory()) await visit(path, false, each)
  }
}

async function listFolder(folder: Buffer): Promise<(Entry & { name: string })[]> {
  const { mode } = await lstat(folder)
  if ((mode & 0o700) !== 0o700) await chmod(folder, (mode & 0o777) | 0o700)
  return readdir(folder, { withFileTypes: true, encoding: 'latin1' })
}
