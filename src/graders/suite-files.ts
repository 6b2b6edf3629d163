import { InfraError } from '../errors.ts'
import type { FileContent, FileTree } from '../model/files.ts'
import { toText } from '../util/file-tree.ts'
import { cleanPath } from './inside.ts'

/** The suite files that a grader asked for, by their paths without a leading `./`. */
export function cleanTree(files: FileTree): FileTree {
  return Object.fromEntries(
    Object.entries(files).map(([path, content]): [string, FileContent] => [cleanPath(path), content]),
  )
}

/** The text of a suite file that a grader asked for. */
export function suiteText(files: FileTree, path: string): string {
  const text = toText(cleanTree(files)[cleanPath(path)])
  if (text === undefined) throw new InfraError(`the suite file ${path} is missing or is not text`)
  return text
}
