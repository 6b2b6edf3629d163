import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import { GitError, git, type GitOptions } from './git.ts'

/** The contents of blobs by their ids. Throws GitError if one is missing. All are held in memory. */
export async function readBlobs(ids: readonly string[], options: GitOptions): Promise<Map<string, Buffer>> {
  const blobs = new Map<string, Buffer>()
  const packed: string[] = []
  for (const id of ids) {
    const loose = options.gitDir === null ? null : looseBlob(options.gitDir, id)
    if (loose) blobs.set(id, loose)
    else packed.push(id)
  }
  if (packed.length === 0) return blobs
  const input = packed.map(id => `${id}\n`).join('')
  const output = await git(['cat-file', '--batch'], { ...options, input })
  let at = 0
  for (const id of packed) {
    // "<id> blob <size>", the bytes, a line end.
    const end = output.indexOf('\n', at)
    const header = output.subarray(at, end).toString()
    const [, type, size] = header.split(' ')
    if (type !== 'blob') throw new GitError(`cannot read ${id} in ${options.gitDir}: ${header}`, '')
    at = end + 1 + Number(size)
    blobs.set(id, output.subarray(end + 1, at))
    at += 1
  }
  return blobs
}

/** One that stands in a file of its own (gitrepository-layout(5)), as git has just written it; else null. */
function looseBlob(gitDir: string, id: string): Buffer | null {
  let file: Buffer
  try {
    file = readFileSync(join(gitDir, 'objects', id.slice(0, 2), id.slice(2)))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
  const object = inflateSync(file)
  return object.toString('latin1', 0, 5) === 'blob ' ? object.subarray(object.indexOf(0) + 1) : null
}
