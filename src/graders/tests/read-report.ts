import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

const maxReportBytes = 64 * 1024 * 1024

/** The text of a report, or why there is none. */
export type ReadReport = { text: string } | { missing: string }

/** Reads a report that code under test could have replaced: only a regular file, never through a link, up to 64 MiB. */
export async function readReport(path: string): Promise<ReadReport> {
  // Without O_NONBLOCK a named pipe in its place would hold us for ever.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const file = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(error.code ?? '')) return null
    throw error
  })
  if (!file) return { missing: 'no report was written' }
  try {
    const stat = await file.stat()
    if (!stat.isFile()) return { missing: 'the report is no regular file' }
    if (stat.size > maxReportBytes)
      return { missing: `the report is larger than ${maxReportBytes / 1024 / 1024} MiB` }
    if (stat.size === 0) return { missing: 'the report is empty' }
    return { text: await file.readFile('utf8') }
  } finally {
    await file.close()
  }
}

/** The last part of a text file; empty if there is no such file. */
export async function readTail(path: string, maxBytes = 8192): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    },
  )
  if (!file) return ''
  try {
    const { size } = await file.stat()
    const length = Math.min(size, maxBytes)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}
