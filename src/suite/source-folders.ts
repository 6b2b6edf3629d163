import { realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Copy } from './copy.ts'
import { isMapping } from './guide.ts'
import { collectMistakes } from './mistakes.ts'
import { FileMistake, isSystemError, read } from './suite-folder.ts'
import { largestFileBytes, readYaml } from './yaml.ts'

/**
 * The folders that a suite file, read from a copy, names as sources; absolute, as they are for the original. None where it
 * cannot be read: loading it then tells why.
 */
export function sourceFolders(file: string, copy: Copy): string[] {
  const value = valueOf(copy.copyOf(file))
  const sources = isMapping(value) && isMapping(value['sources']) ? Object.values(value['sources']) : []
  return sources.flatMap(source =>
    isMapping(source) && typeof source['folder'] === 'string'
      ? [resolve(dirname(file), source['folder'])]
      : [],
  )
}

function valueOf(file: string): unknown {
  try {
    const { bytes } = read(realpathSync.native(file), file, largestFileBytes)
    return readYaml({ path: file, shown: file }, bytes, collectMistakes())?.value
  } catch (error) {
    if (error instanceof FileMistake || isSystemError(error)) return undefined
    throw error
  }
}
