import { lstat, readFile, realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { FileContent, FileTree } from '../model/files.ts'
import { readTree, toContent, toText } from '../util/file-tree.ts'
import type { Mistakes } from './mistakes.ts'
import type { Path, YamlFile } from './yaml.ts'

const maxFileBytes = 20 * 2 ** 20

/** Where a file's name stands, for what is wrong with it. */
export interface Mention {
  file: YamlFile
  path: Path
  key?: PropertyKey
}

/** Reads the files that a suite names. None of them may lie outside of the suite's folder, also not through a link. */
export class SuiteFiles {
  readonly #root: string
  readonly #mistakes: Mistakes
  readonly #read = new Map<string, Promise<FileContent | string>>()

  /** `root` must be a real path. */
  constructor(root: string, mistakes: Mistakes) {
    this.#root = root
    this.#mistakes = mistakes
  }

  /** Absolute path of a name in a file; null, with the mistake told, where it leads outside. It need not exist. */
  locate(name: string, mention: Mention): string | null {
    const base = dirname(mention.file.path)
    const path = resolve(base, name)
    if (isAbsolute(name) || /^[A-Za-z]:|^~/.test(name) || name.includes('\0')) {
      return this.#tell(mention, `"${name}": expected a path relative to ${basename(mention.file.path)}`)
    }
    return this.#contains(path)
      ? path
      : this.#tell(mention, `"${name}" leaves the suite's folder: put the file inside of it`)
  }

  async read(name: string, mention: Mention): Promise<FileContent | null> {
    const path = this.locate(name, mention)
    if (path === null) return null
    const known = this.#read.get(path) ?? this.#readFile(path)
    this.#read.set(path, known)
    const found = await known
    return typeof found === 'string' ? this.#tell(mention, `"${name}" ${found}`) : found
  }

  async readText(name: string, mention: Mention): Promise<string | null> {
    const content = await this.read(name, mention)
    if (content === null) return null
    return toText(content) ?? this.#tell(mention, `"${name}" is no text file`)
  }

  /** All files of a folder; links in it are mistakes. */
  async readFolder(name: string, mention: Mention): Promise<FileTree | null> {
    const path = this.locate(name, mention)
    if (path === null) return null
    const problem = await this.#problem(path, 'folder')
    if (problem !== null) return this.#tell(mention, `"${name}" ${problem}`)
    const odd: string[] = []
    const files = await readTree(path, each => odd.push(each))
    if (odd.length > 0)
      return this.#tell(
        mention,
        `"${name}" holds links or special files, which cannot be taken along: ${odd.join(', ')}`,
      )
    return files
  }

  async #readFile(path: string): Promise<FileContent | string> {
    const problem = await this.#problem(path, 'file')
    if (problem !== null) return problem
    const stat = await lstat(await realpath(path))
    if (stat.size > maxFileBytes) return `is larger than ${maxFileBytes / 2 ** 20} MB`
    return toContent(await readFile(path), (stat.mode & 0o100) !== 0)
  }

  /** What keeps a path from being read, in words; null if nothing does. */
  async #problem(path: string, kind: 'file' | 'folder'): Promise<string | null> {
    try {
      const real = await realpath(path)
      if (!this.#contains(real)) return "is a link that leaves the suite's folder: copy the file into it"
      const stat = await lstat(real)
      if (kind === 'file' && stat.isDirectory()) return 'is a folder: expected a file'
      if (kind === 'file' && !stat.isFile()) return 'is no ordinary file'
      if (kind === 'folder' && !stat.isDirectory()) return 'is a file: expected a folder'
      return null
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code === 'ENOENT' || code === 'ENOTDIR')
        return `does not exist (looked for ${relative(process.cwd(), path) || path})`
      if (code === 'ELOOP' || code === 'EACCES' || code === 'ENAMETOOLONG') return `cannot be read: ${code}`
      throw error
    }
  }

  #contains(path: string): boolean {
    const way = relative(this.#root, path)
    return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
  }

  #tell(mention: Mention, message: string): null {
    this.#mistakes.add(mention.file.path, mention.file.place(mention.path, mention.key), message)
    return null
  }
}

/** The same path with its folder's links resolved, so that it can be held against other real paths. */
export async function realFile(path: string): Promise<string> {
  const absolute = resolve(path)
  const folder = await realpath(dirname(absolute)).catch(() => dirname(absolute))
  return join(folder, basename(absolute))
}
