import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import { InvalidInput } from '../../errors.ts'
import type { Suite } from '../../model/suite.ts'
import { loadSuite } from '../load.ts'
import { plugins } from './plugins.ts'

/** Stands in a text where a mistake is expected, and is taken out before the text is used. */
const mark = '‸'

const blocks = {
  head: 'suite: s',
  sources: 'sources:\n  repo: { folder: ./repo }',
  setups: 'setups:\n  bare: { harness: plain }',
  tasks: 'tasks:\n  - id: one\n    prompt: Do it.\n    graders: [{ type: tests, run: [x] }]',
  tail: '',
}

/** A suite without mistakes, but for the blocks that are given. */
export function suiteWith(given: Partial<typeof blocks>): string {
  const { head, sources, setups, tasks, tail } = { ...blocks, ...given }
  return [head, sources, setups, tasks, tail].map(block => (block === '' ? '' : `${block}\n`)).join('')
}

/** One task of the usual suite, with more or other keys, each on a line of its own. */
export function task(lines: string): string {
  const keys = lines.split('\n').map(line => `    ${line}\n`)
  return `tasks:\n  - id: one\n    prompt: Do it.\n    graders: [{ type: tests, run: [x] }]\n${keys.join('')}`
}

const roots: string[] = []
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true })
})

/** A folder that is gone after the tests. */
export function makeTemporary(): string {
  const root = mkdtempSync(join(tmpdir(), 'suite-'))
  roots.push(root)
  return root
}

/** A temporary folder, within another that is empty, with these files, and with a small folder `repo` to serve as a source. */
export function makeFolder(files: Record<string, string | Uint8Array>): string {
  const folder = join(makeTemporary(), 'suite')
  const all: Record<string, string | Uint8Array> = { 'repo/readme.txt': 'hello\n', ...files }
  for (const [path, content] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), typeof content === 'string' ? content.replaceAll(mark, '') : content)
  }
  return folder
}

/** Loads `suite.yaml` of a folder with the plug-ins of the tests. */
export function load(folder: string): Promise<Suite> {
  return loadSuite(join(folder, 'suite.yaml'), { ...plugins, cacheRoot: join(folder, '.cache') })
}

/** The mistakes of `suite.yaml`, as `file:line:column: message`, and what the message says of more. */
export async function mistakesIn(folder: string): Promise<string[]> {
  try {
    await load(folder)
    return []
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error
    return error.mistakes.map(
      ({ file, line, column, message }) => `${basename(file)}:${line}:${column}: ${message}`,
    )
  }
}

/** Where the marks stand in a text, as `line:column`. */
export function marksIn(text: string): string[] {
  const places: string[] = []
  for (const [index, line] of text.split('\n').entries()) {
    let column = 0
    for (const part of line.split(mark).slice(0, -1))
      places.push(`${index + 1}:${(column += part.length) + 1}`)
  }
  return places
}
