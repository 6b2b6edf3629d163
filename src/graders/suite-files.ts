import { posix } from 'node:path'
import { InfraError } from '../errors.ts'
import type { FileTree } from '../model/files.ts'
import { toText } from '../util/file-tree.ts'

/** The text of a suite file that a grader asked for, by the path that the suite gives it. */
export function suiteText(files: FileTree, path: string): string {
  const text = toText(files[path] ?? files[posix.normalize(path)])
  if (text === undefined) throw new InfraError(`the suite file ${path} is missing or is not text`)
  return text
}

/**
 * Where suite files go below a private folder so that their paths, also such with `..`, hold from `cwd` on. Those in
 * `programs` become executable.
 */
export function layOut(files: FileTree, programs: readonly string[]): { tree: FileTree; cwd: string } {
  const paths = Object.keys(files).map(path => posix.normalize(path))
  const stepsUp = Math.max(0, ...paths.map(path => path.split('/').filter(part => part === '..').length))
  const cwd = posix.join('program', ...Array.from({ length: stepsUp }, (_, step) => `folder${step + 1}`))
  const executable = new Set(programs.map(path => posix.normalize(path)))
  const tree = Object.entries(files).map(([path, content]) => [
    posix.join(cwd, path),
    { ...content, executable: content.executable || executable.has(posix.normalize(path)) },
  ])
  return { tree: Object.fromEntries(tree), cwd }
}
