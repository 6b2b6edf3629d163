import { dirname } from 'node:path'
import { toText } from '../util/file-tree.ts'
import type { FileContent } from '../model/files.ts'
import type { Copy } from './copy.ts'
import type { Mistakes } from './mistakes.ts'
import { blameValue, type Spot } from './spot.ts'
import { FileMistake, type SuiteFolder } from './suite-folder.ts'
import { quoted } from './words.ts'

/** What is needed to read the files that a suite names. */
export interface Reading {
  folder: SuiteFolder
  mistakes: Mistakes
  /** A path as messages show it. */
  show: (path: string) => string
  /** Where files are read from, and where their originals stand. */
  copy: Copy
}

/** The folder that paths at this place are relative to. */
export function baseOf(spot: Spot): string {
  return dirname(spot.file.path)
}

/** Does something with a file; what is wrong with the file becomes a mistake at this place. */
export function tryFile<T>(
  spot: Spot,
  { mistakes }: Pick<Reading, 'mistakes'>,
  action: () => T,
): T | undefined {
  try {
    return action()
  } catch (error) {
    if (!(error instanceof FileMistake)) throw error
    blameValue(mistakes, spot, () => error.message + error.hint())
    return undefined
  }
}

/** Reads a file that a suite names. */
export function readFile(path: string, spot: Spot, reading: Reading): FileContent | undefined {
  return tryFile(spot, reading, () => reading.folder.file(path, baseOf(spot)))
}

/** Reads a file that must be text with something in it. */
export function readText(path: string, spot: Spot, reading: Reading): string | undefined {
  return tryFile(spot, reading, () => {
    const text = toText(reading.folder.file(path, baseOf(spot)))
    if (text === undefined) throw new FileMistake(`${quoted(path)} is not a text in UTF-8`)
    if (text.trim() === '') throw new FileMistake(`${quoted(path)} is empty`)
    if (text.includes('\0')) throw new FileMistake(`${quoted(path)} holds a NUL character`)
    return text
  })
}
