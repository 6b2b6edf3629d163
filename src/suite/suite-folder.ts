import {
  constants,
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
} from 'node:fs'
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path'
import type { FileContent, FileTree } from '../model/files.ts'
import { toContent } from '../util/file-tree.ts'
import { nearest } from '../util/nearest.ts'
import { quoted } from './words.ts'

const megabyte = 1_000_000
const largestFileBytes = 10 * megabyte
/** All files of a suite are held in memory and stored with every run. */
const largestTotalBytes = 64 * megabyte
const mostFilesInFolder = 2000

/** Something is wrong with a file that a suite names; the message says what. */
export class FileMistake extends Error {
  override name = 'FileMistake'
  /** What may help, found out only when it is told. */
  readonly hint: () => string

  constructor(message: string, hint: () => string = () => '') {
    super(message)
    this.hint = hint
  }
}

/**
 * The folder of a suite file. All files that a suite names must stand in it, also after links are resolved; nothing else is
 * ever opened. A path is relative to `from`, the folder of the file that names it. Everything here throws FileMistake.
 * Reading is synchronous: nothing else happens meanwhile, and thousands of small files are read faster so.
 */
export interface SuiteFolder {
  path: string
  /** Reads a file. */
  file(path: string, from: string): FileContent
  /** Reads a file that is not kept with the suite. `path` is absolute, `real` the same without links. */
  bytes(path: string, from: string, largest: number): { bytes: Buffer; path: string; real: string }
  /** Reads all files of a folder but those in a `.git`. */
  tree(path: string, from: string): { name: string; files: FileTree }
  /** Absolute path of a file that need not exist. */
  place(path: string, from: string): string
}

/** Opens the folder that a suite file stands in. */
export function openSuiteFolder(path: string): SuiteFolder {
  const root = realpathSync.native(path)
  const known = new Map<string, FileContent>()
  let total = 0

  function lexical(given: string, from: string): string {
    if (isAbsolute(given))
      throw new FileMistake(`expected a path relative to this file, got ${quoted(given)}`)
    const full = resolve(from, given)
    if (!isWithin(path, full)) {
      throw new FileMistake(
        `${quoted(given)} leads out of the suite's folder: files of a suite stand beside it or below`,
      )
    }
    return full
  }

  /** The path without links. Finding it opens nothing. */
  function real(full: string, given: string): string {
    try {
      const target = realpathSync.native(full)
      if (isWithin(root, target)) return target
    } catch (error) {
      throw unreachable(error, full, given)
    }
    throw new FileMistake(`${quoted(given)} is a link that leaves the suite's folder`)
  }

  function unreachable(error: unknown, full: string, given: string): Error {
    if (!isSystemError(error)) throw error
    if (error.code === 'ELOOP') return new FileMistake(`${quoted(given)} is a link that leads to itself`)
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') {
      return new FileMistake(`cannot read ${quoted(given)}: ${error.code}`)
    }
    return new FileMistake(`no such file: ${quoted(given)}`, () => similar(full))
  }

  /** A file of nearly that name in the same folder. */
  function similar(full: string): string {
    try {
      const folder = realpathSync.native(dirname(full))
      const near = isWithin(root, folder) ? nearest(basename(full), readdirSync(folder)) : null
      return near === null ? '' : ` (did you mean ${quoted(near)}?)`
    } catch (error) {
      if (isSystemError(error)) return ''
      throw error
    }
  }

  function content(target: string, given: string): FileContent {
    const held = known.get(target)
    if (held) return held
    const { bytes, executable } = read(target, given, largestFileBytes)
    total += bytes.length
    if (total > largestTotalBytes) {
      throw new FileMistake(
        `with ${quoted(given)} the files of the suite exceed ${largestTotalBytes / megabyte} MB`,
      )
    }
    const made = toContent(bytes, executable)
    known.set(target, made)
    return made
  }

  function walk(folder: string, prefix: string, files: Map<string, FileContent>, given: string): void {
    const entries = readdirSync(folder, { withFileTypes: true }).toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    )
    for (const entry of entries) {
      if (entry.name === '.git') continue
      const full = join(folder, entry.name)
      const inner = `${prefix}${entry.name}`
      if (entry.isDirectory()) {
        walk(full, `${inner}/`, files, given)
        continue
      }
      const shown = `${given.replace(/\/+$/, '')}/${inner}`
      files.set(inner, content(real(full, shown), shown))
      if (files.size > mostFilesInFolder) {
        throw new FileMistake(`${quoted(given)} has more than ${mostFilesInFolder} files`)
      }
    }
  }

  return {
    path,
    file: (given, from) => content(real(lexical(given, from), given), given),
    bytes(given, from, largest) {
      const full = lexical(given, from)
      const target = real(full, given)
      return { bytes: read(target, given, largest).bytes, path: full, real: target }
    },
    tree(given, from) {
      const full = lexical(given, from)
      const files = new Map<string, FileContent>()
      try {
        walk(real(full, given), '', files, given)
      } catch (error) {
        if (!isSystemError(error)) throw error
        throw new FileMistake(
          error.code === 'ENOTDIR'
            ? `${quoted(given)} is no folder`
            : `cannot read ${quoted(given)}: ${error.code}`,
        )
      }
      return { name: basename(full), files: Object.fromEntries(files) }
    },
    place(given, from) {
      const full = lexical(given, from)
      const stat = lstatSync(full, { throwIfNoEntry: false })
      if (stat) {
        if (lstatSync(real(full, given)).isDirectory()) {
          throw new FileMistake(`${quoted(given)} is a folder, expected a file`)
        }
        return full
      }
      let parent = dirname(full)
      while (parent !== path && !lstatSync(parent, { throwIfNoEntry: false })) parent = dirname(parent)
      real(parent, given)
      return full
    },
  }
}

/** Reads a file by its path without links. */
export function read(target: string, given: string, largest: number): { bytes: Buffer; executable: boolean } {
  try {
    // Not to follow a link put there meanwhile, and not to wait for the other end of a pipe.
    const file = openSync(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const stat = fstatSync(file)
      if (stat.isDirectory()) throw new FileMistake(`${quoted(given)} is a folder, expected a file`)
      if (!stat.isFile()) throw new FileMistake(`${quoted(given)} is not a regular file`)
      if (stat.size > largest)
        throw new FileMistake(`${quoted(given)} is larger than ${largest / megabyte} MB`)
      return { bytes: readFileSync(file), executable: (stat.mode & 0o100) !== 0 }
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if (isSystemError(error)) throw new FileMistake(`cannot read ${quoted(given)}: ${error.code}`)
    throw error
  }
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

/** An error of the operating system, such as ENOENT. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string'
}
