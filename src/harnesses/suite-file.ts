import { posix } from 'node:path'
import { InfraError } from '../errors.ts'
import type { FileContent, FileTree } from '../model/files.ts'

/** A file that a harness asked for, by the path that the suite gives it. Throws InfraError if it was not loaded. */
export function suiteFile(files: FileTree, path: string): FileContent {
  const found = files[path] ?? files[posix.normalize(path)]
  if (!found) {
    const loaded = Object.keys(files).join(', ') || 'none'
    throw new InfraError(`${path} was not loaded with the suite (loaded: ${loaded}): load the suite again`)
  }
  return found
}
