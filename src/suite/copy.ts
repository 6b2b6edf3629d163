import { join, relative, sep } from 'node:path'

/** A folder that is read in place of another: how paths of the one are told in the other. */
export interface Copy {
  /** Paths outside of the original are left as they are. */
  copyOf(path: string): string
  originalOf(path: string): string
  /** A path as messages show it. */
  show(path: string): string
}

/** Files are read where they stand. */
export const noCopy: Copy = {
  copyOf: path => path,
  originalOf: path => path,
  show: path => relative(process.cwd(), path) || path,
}

/** The files of a commit, which stand in `copy`, as if they were at `original`; shown as git does: `1a2b3c4:evals/x.yaml`. */
export function commitCopy(original: string, copy: string, commit: string): Copy {
  const originalOf = (path: string): string => moved(path, copy, original)
  return {
    copyOf: path => moved(path, original, copy),
    originalOf,
    show: path => (isBelow(copy, path) ? `${commit.slice(0, 7)}:${relative(copy, path)}` : noCopy.show(path)),
  }
}

function moved(path: string, from: string, to: string): string {
  return isBelow(from, path) ? join(to, relative(from, path)) : path
}

function isBelow(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder + sep)
}
