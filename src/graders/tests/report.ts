import { stripVTControlCharacters } from 'node:util'
import { shorten, visible } from '../../util/visible.ts'

/** `flaky`: it failed, was tried again by the runner, and passed. Only `passed` counts as passed. */
export type TestState = 'passed' | 'failed' | 'skipped' | 'todo' | 'flaky'

/** One test as its runner reported it. */
export interface TestCase {
  /** Where it stands, relative to the workspace; a parser leaves it as the runner wrote it. Null where the runner is silent. */
  file: string | null
  /** The groups around it (`describe`, class), outermost first. */
  suite: string[]
  title: string
  state: TestState
  /** First line of the failure; null if there is none. */
  message: string | null
  /** Names by which it goes elsewhere: pytest's node id, unittest's dotted id, JUnit's `classname.name`. */
  aliases: string[]
}

/** Something that went wrong outside of any test: a file that does not load, a broken hook. */
export interface Problem {
  file: string | null
  message: string
}

/** What a runner said of one run. */
export interface TestReport {
  tests: TestCase[]
  problems: Problem[]
  /** Null if the report is whole; otherwise why it is not, in half a sentence. Then nothing in it may count as passed. */
  incomplete: string | null
}

/** A report that could not be read, or is not there at all. */
export function noReport(incomplete: string): TestReport {
  return { tests: [], problems: [], incomplete }
}

/** The first line with words in it, without colour codes and invisible characters, of at most 200 characters. */
export function firstLine(text: string): string | null {
  const line = stripVTControlCharacters(text)
    .split(/\r?\n/)
    .find(part => part.trim() !== '')
  return line === undefined ? null : shorten(visible(line.trim()), 200)
}
