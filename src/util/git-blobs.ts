import { GitError, git, type GitOptions } from './git.ts'

/** The contents of blobs by their ids. Throws GitError if one is missing. All are held in memory. */
export async function readBlobs(ids: readonly string[], options: GitOptions): Promise<Map<string, Buffer>> {
  const blobs = new Map<string, Buffer>()
  if (ids.length === 0) return blobs
  const input = ids.map(id => `${id}\n`).join('')
  const output = await git(['cat-file', '--batch'], { ...options, input })
  let at = 0
  for (const id of ids) {
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
