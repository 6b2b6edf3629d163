import { lstat, open, readFile, readdir, readlink, rm, symlink } from 'node:fs/promises'
import { constants } from 'node:fs'
import { z } from 'zod'

/**
 * Files and links below a folder that name the folder by its absolute path (virtual environments, scripts with an
 * interpreter line, editable installs). Paths are relative, one character is one byte.
 */
export const MovedPaths = z.strictObject({ files: z.array(z.string()), links: z.array(z.string()) })
export type MovedPaths = z.infer<typeof MovedPaths>

const maxBytes = 1_000_000

/** Finds the text files under 1 MB, and the links, that name `folder`; its `.git` is left out. */
export async function findOwnPath(folder: string): Promise<MovedPaths> {
  const found: MovedPaths = { files: [], links: [] }
  const needles = spellings(folder)
  const walk = async (below: string): Promise<void> => {
    for (const entry of await readdir(onDisk(folder, below), { withFileTypes: true, encoding: 'latin1' })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (path === '.git') continue
      if (entry.isDirectory()) await walk(path)
      else if (entry.isSymbolicLink()) {
        const target = await readlink(onDisk(folder, path), 'latin1')
        if (needles.some(needle => target.includes(needle))) found.links.push(path)
      } else if (entry.isFile() && (await lstat(onDisk(folder, path))).size < maxBytes) {
        const text = await readFile(onDisk(folder, path), 'latin1')
        if (!text.includes('\0') && needles.some(needle => text.includes(needle))) found.files.push(path)
      }
    }
  }
  await walk('')
  return found
}

/**
 * In a copy of a folder, lets the found files and links name the copy, or the place at which it will be seen. Modes and times
 * stay as they are.
 */
export async function replaceOwnPath(
  copy: string,
  found: MovedPaths,
  original: string,
  seenAt = copy,
): Promise<void> {
  const pairs = spellings(original).map((from, index) => [from, spellings(seenAt)[index] ?? from] as const)
  const replace = (text: string): string =>
    pairs.reduce((done, [from, to]) => done.replaceAll(from, to), text)
  for (const path of found.files) await rewrite(onDisk(copy, path), replace)
  for (const path of found.links) {
    const target = await readlink(onDisk(copy, path), 'latin1')
    await rm(onDisk(copy, path))
    await symlink(Buffer.from(replace(target), 'latin1'), onDisk(copy, path))
  }
}

async function rewrite(path: Buffer, replace: (text: string) => string): Promise<void> {
  const stat = await lstat(path)
  const text = replace(await readFile(path, 'latin1'))
  // A new file in its place: the old one may be read-only, or have a second name.
  await rm(path)
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
  try {
    await file.writeFile(text, 'latin1')
    await file.chmod(stat.mode & 0o7777)
    await file.utimes(stat.atime, stat.mtime)
  } finally {
    await file.close()
  }
}

/** As it is, and as it stands in a `file:` URL. */
function spellings(folder: string): string[] {
  const bytes = Buffer.from(folder).toString('latin1')
  const inUrl = encodeURI(folder)
  return bytes === inUrl ? [bytes] : [bytes, inUrl]
}

function onDisk(folder: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(folder), Buffer.from(path === '' ? '' : `/${path}`, 'latin1')])
}
