import { relative } from 'node:path'
import { InvalidInput, type Mistake } from '../errors.ts'

/** Nobody reads more at once, and a machine-made file can have thousands. */
const mostShown = 100

/** Collects what is wrong with the files of a suite, so that all of it is told at once. */
export class Mistakes {
  readonly #found: Mistake[] = []
  readonly #cwd: string

  constructor(cwd: string) {
    this.#cwd = cwd
  }

  add(file: string, place: { line: number; column: number }, message: string): void {
    const mistake = { file: relative(this.#cwd, file) || file, ...place, message }
    const same = this.#found.some(
      ({ file: f, line, column, message: m }) =>
        f === mistake.file && line === place.line && column === place.column && m === message,
    )
    if (!same) this.#found.push(mistake)
  }

  get any(): boolean {
    return this.#found.length > 0
  }

  get full(): boolean {
    return this.#found.length > mostShown * 5
  }

  /** Throws InvalidInput if anything is wrong, in the order of the files. */
  throwIfAny(): void {
    if (!this.any) return
    const files = [...new Set(this.#found.map(mistake => mistake.file))]
    const sorted = this.#found.toSorted(
      (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
    )
    const [last] = sorted.slice(mostShown)
    throw new InvalidInput(
      last
        ? [
            ...sorted.slice(0, mostShown),
            { ...last, message: `and ${sorted.length - mostShown} more mistakes from here on` },
          ]
        : sorted,
    )
  }
}
