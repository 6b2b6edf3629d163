import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import { resolve } from 'node:path'
import { lineSplitter } from './lines.ts'

/** The files that take a command's output, open for as long as it runs. The same path twice is one file. */
export interface OutputFiles {
  stdout: number
  stderr: number
  /** Size of the larger one in bytes. */
  size(): number
  /** Cuts what is longer than `maxBytes`, with a last line that says so. */
  cut(maxBytes: number): void
  close(): void
}

/** Opens output files, made where they are missing, for appending and for reading back. */
export function openOutputs(stdoutPath: string, stderrPath: string): OutputFiles {
  const stdout = openSync(stdoutPath, 'a+')
  const stderr = resolve(stdoutPath) === resolve(stderrPath) ? stdout : openOrClose(stderrPath, stdout)
  const all = [...new Set([stdout, stderr])]
  return {
    stdout,
    stderr,
    size: () => Math.max(...all.map(file => fstatSync(file).size)),
    cut: maxBytes => all.forEach(file => cutFile(file, maxBytes)),
    close: () => all.forEach(file => closeSync(file)),
  }
}

function openOrClose(path: string, other: number): number {
  try {
    return openSync(path, 'a+')
  } catch (error) {
    closeSync(other)
    throw error
  }
}

function cutFile(file: number, maxBytes: number): void {
  if (fstatSync(file).size <= maxBytes) return
  const note = `\n[output ends here: it was longer than the limit of ${maxBytes} bytes]\n`
  ftruncateSync(file, Math.max(0, maxBytes - note.length))
  writeSync(file, note)
}

/**
 * Passes on the lines that are added to an open file from now on, up to `maxBytes` of the file. Both functions return
 * false once `onLine` has; nothing more is passed on then.
 */
export function followLines(
  file: number,
  maxBytes: number,
  onLine: (line: string) => boolean,
): { read(): boolean; end(): boolean } {
  let offset = fstatSync(file).size
  let wanted = true
  const buffer = Buffer.allocUnsafe(64 * 1024)
  const lines = lineSplitter(line => {
    if (wanted) wanted = onLine(line)
  })
  const read = (): boolean => {
    for (;;) {
      const room = Math.min(buffer.length, Math.max(0, maxBytes - offset))
      const bytes = wanted ? readSync(file, buffer, 0, room, offset) : 0
      if (bytes === 0) return wanted
      offset += bytes
      lines.push(buffer.subarray(0, bytes))
    }
  }
  return {
    read,
    end() {
      read()
      lines.end()
      return wanted
    },
  }
}

/** The end of a file as text, at most `maxBytes` of it and from the start of a character on; empty if there is no file. */
export async function readTail(path: string, maxBytes: number): Promise<string> {
  return readRegular(path, (file, size) => readFrom(file, Math.max(0, size - maxBytes), maxBytes)) ?? ''
}

/**
 * The text of a file that an agent may have written; null if there is none, or if it is no regular file (a link, a pipe)
 * or longer than `maxBytes`.
 */
export async function readUntrusted(path: string | Buffer, maxBytes: number): Promise<string | null> {
  return readRegular(path, (file, size) => (size > maxBytes ? null : readFrom(file, 0, size)))
}

/** The lines of a file, one after the other, with little memory; none if there is no such regular file. */
export async function* readLines(path: string): AsyncGenerator<string> {
  const file = openRegular(path)
  if (file === null) return
  try {
    let ready: string[] = []
    const lines = lineSplitter(line => ready.push(line))
    for await (const bytes of createReadStream('', { fd: file, autoClose: false })) {
      lines.push(bytes)
      yield* ready
      ready = []
    }
    lines.end()
    yield* ready
  } finally {
    closeSync(file)
  }
}

function readRegular<T>(path: string | Buffer, read: (file: number, size: number) => T): T | null {
  const file = openRegular(path)
  if (file === null) return null
  try {
    return read(file, fstatSync(file).size)
  } finally {
    closeSync(file)
  }
}

/** O_NONBLOCK so that a pipe in the place of the file cannot hold us up. */
function openRegular(path: string | Buffer): number | null {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  let file: number
  try {
    file = openSync(path, flags)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(code)) return null
    throw error
  }
  if (fstatSync(file).isFile()) return file
  closeSync(file)
  return null
}

function readFrom(file: number, from: number, maxBytes: number): string {
  const room = Buffer.allocUnsafe(Math.min(maxBytes, Math.max(0, fstatSync(file).size - from)))
  const bytes = room.subarray(0, readSync(file, room, 0, room.length, from))
  return bytes.toString('utf8', from === 0 ? 0 : startOfCharacter(bytes))
}

/** Bytes 10xxxxxx continue a character, here one whose start was left out. */
function startOfCharacter(bytes: Uint8Array): number {
  const start = bytes.findIndex(byte => (byte & 0xc0) !== 0x80)
  return start >= 0 && start <= 3 ? start : 0
}
