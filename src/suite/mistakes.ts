import { InvalidInput, type Mistake } from '../errors.ts'
import { lineAndColumn, type TextFile } from './text-file.ts'

/** So many are printed; a file with more has one cause for most of them. */
const printed = 100
/** So many are kept to choose the first ones from; the rest is only counted. */
const kept = 1000
/** Nobody needs to know how many more there are. */
const counted = 20_000

/** Gathers what is wrong with the files of a suite, so that all of it is told at once. */
export interface Mistakes {
  /** Place and message are only found out where they are needed, so that this may be slow. */
  add(file: TextFile, offset: () => number, message: () => string): void
  /** There are so many that it is no use to look for more. */
  areEnough(): boolean
  /** Throws InvalidInput with the first hundred in the order of files and lines. */
  throwIfAny(): void
}

interface Found {
  file: TextFile
  fileOrder: number
  offset: number
  message: () => string
}

/** An empty collection of mistakes. */
export function collectMistakes(): Mistakes {
  const files: string[] = []
  const found: Found[] = []
  let count = 0

  return {
    add(file, offset, message) {
      count++
      if (count > kept) return
      if (!files.includes(file.path)) files.push(file.path)
      found.push({ file, fileOrder: files.indexOf(file.path), offset: offset(), message })
    },
    areEnough: () => count >= counted,
    throwIfAny() {
      if (count === 0) return
      const inOrder = found.toSorted((a, b) => a.fileOrder - b.fileOrder || a.offset - b.offset)
      const { mistakes, repeated } = firstOf(inOrder)
      const error = new InvalidInput(mistakes)
      const more = count - repeated - mistakes.length
      if (more > 0) error.message += `\nand ${count >= counted ? 'at least ' : ''}${more} more`
      throw error
    },
  }
}

/** What several setups inherit from one is wrong only once. */
function firstOf(found: readonly Found[]): { mistakes: Mistake[]; repeated: number } {
  const told = new Set<string>()
  const mistakes: Mistake[] = []
  let repeated = 0
  for (const { file, offset, message } of found) {
    if (mistakes.length === printed) break
    const text = message()
    const key = `${file.path}:${offset}:${text}`
    if (told.has(key)) repeated++
    else mistakes.push({ file: file.shown, ...lineAndColumn(file, offset), message: text })
    told.add(key)
  }
  return { mistakes, repeated }
}
