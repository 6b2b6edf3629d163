import { statfs } from 'node:fs/promises'
import { formatBytes } from './quantity.ts'

/** So much must be free for work to go on: 1 GB, on a small file system a twentieth of it. */
const leastBytes = 1e9
const leastShare = 0.05

/** Null if there is enough room on the file system of a folder, else what there is, in words. */
export async function shortage(folder: string): Promise<string | null> {
  const { bavail, blocks, bsize } = await statfs(folder)
  const [free, total] = [bavail * bsize, blocks * bsize]
  const least = Math.min(leastBytes, total * leastShare)
  return free >= least ? null : `only ${formatBytes(free)} of ${formatBytes(total)} are free in ${folder}`
}
