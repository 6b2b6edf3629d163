import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'

/** Bytes that a file, or a folder with all in it, takes up on the disk. What goes away meanwhile counts as nothing. */
export async function diskBytes(path: string | Buffer): Promise<number> {
  const found = await lstat(path).catch(gone)
  if (!found) return 0
  let bytes = found.blocks * 512
  if (!found.isDirectory()) return bytes
  for (const name of (await readdir(path, { encoding: 'buffer' }).catch(gone)) ?? [])
    bytes += await diskBytes(join(path, name))
  return bytes
}

/**
 * Hex SHA-256 of all that a folder holds: names, contents, executable bits and targets of links, but no times. What is named
 * in `without`, at its top, is left out.
 */
export async function folderDigest(root: string, without: readonly string[] = []): Promise<string> {
  const hash = createHash('sha256')
  const visit = async (folder: Buffer, below: Buffer): Promise<void> => {
    const names = (await readdir(folder, { encoding: 'buffer' })).toSorted(Buffer.compare)
    for (const name of names) {
      if (below.length === 0 && without.includes(name.toString())) continue
      const path = join(folder, name)
      const shown = below.length === 0 ? name : join(below, name)
      const entry = await lstat(path)
      const kind = entry.isDirectory() ? 'd' : entry.isSymbolicLink() ? 'l' : entry.isFile() ? 'f' : '?'
      const mode = kind === 'f' && (entry.mode & 0o100) !== 0 ? 'x' : '-'
      hash.update(`${kind}${mode}${shown.length}:`).update(shown)
      if (kind === 'd') await visit(path, shown)
      if (kind === 'l') hash.update(sized(await readlink(path, { encoding: 'buffer' })))
      if (kind === 'f') hash.update(await fileDigest(path))
    }
    hash.update('end')
  }
  await visit(Buffer.from(root), Buffer.alloc(0))
  return hash.digest('hex')
}

async function fileDigest(path: Buffer): Promise<Buffer> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest()
}

function sized(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length}:`), bytes])
}

/** Names are bytes: not every one is UTF-8. */
function join(folder: string | Buffer, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(folder), Buffer.from('/'), name])
}

function gone(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
  throw error
}
