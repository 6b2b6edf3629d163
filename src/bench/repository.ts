import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { privateEnvironment } from '../util/git-environment.ts'
import { seededRandom } from '../util/random.ts'
import { output } from './spawn.ts'

export interface Repository {
  path: string
  /** The pin: later commits are there, on a branch and under a tag. */
  commit: string
  /** Those of the pin, sorted as they were written. */
  paths: readonly string[]
}

export interface Commit {
  files: Iterable<readonly [path: string, content: string]>
  /** Branch or tag, in full. */
  ref: string
}

/** How a repository of a benchmark looks. */
export interface Shape {
  fileCount: number
  /** Commits before the pin, each of which changes a few files, and after it. */
  past: number
  future: number
}

/** A repository of nested folders with small text files: the same for the same shape, on every machine. */
export async function makeRepository(path: string, { fileCount, past, future }: Shape): Promise<Repository> {
  const random = seededRandom(fileCount)
  const paths = Array.from({ length: fileCount }, (_, index) => pathOf(index))
  const edit = (ref: string): Commit => ({
    ref,
    files: paths.filter(() => random() < 2 / fileCount).map(file => [file, text(random)] as const),
  })
  function* commits(): Generator<Commit> {
    yield { ref: main, files: each(paths, random) }
    for (let at = 0; at < past; at += 1) yield edit(main)
    for (let at = 0; at < future; at += 1) yield edit(at % 2 === 0 ? 'refs/heads/later' : 'refs/tags/later')
  }
  const commit = await writeRepository(path, commits())
  return { path, commit, paths }
}

const main = 'refs/heads/main'

/** Writes a repository with git's own importer, and returns the commit of its branch `main`. */
export async function writeRepository(path: string, commits: Iterable<Commit>): Promise<string> {
  const env = privateEnvironment()
  mkdirSync(path, { recursive: true })
  await output('git', ['init', '-q', '-b', 'main', path], { env })
  const importer = spawn('git', ['fast-import', '--quiet'], {
    cwd: path,
    env,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let complaint = ''
  importer.stderr.on('data', chunk => (complaint += String(chunk)))
  const ended = new Promise<number | null>(resolve => importer.once('exit', resolve))
  await pipeline(Readable.from(stream(commits)), importer.stdin)
  if ((await ended) !== 0) throw new Error(`git fast-import failed in ${path}: ${complaint}`)
  return (await output('git', ['rev-parse', 'main'], { cwd: path, env })).trim()
}

function* stream(commits: Iterable<Commit>): Generator<string> {
  const seen = new Set<string>()
  let second = 1_700_000_000
  for (const { ref, files } of commits) {
    second += 60
    yield `commit ${ref}\ncommitter Somebody <somebody@example.org> ${second} +0000\ndata 7\nchange\n\n`
    // What is not main begins where main ends.
    if (ref !== main && !seen.has(ref)) yield `from ${main}\n`
    seen.add(ref)
    for (const [path, content] of files)
      yield `M 100644 inline ${path}\ndata ${Buffer.byteLength(content)}\n${content}\n`
  }
  yield 'done\n'
}

function* each(paths: readonly string[], random: () => number): Generator<readonly [string, string]> {
  for (const path of paths) yield [path, text(random)]
}

/** Twelve files a folder, ten folders a package. */
function pathOf(index: number): string {
  const folder = Math.floor(index / 12)
  const kinds = [
    'src',
    'src/model',
    'src/view/parts',
    'test',
    'docs',
    'src/util',
    'lib',
    'test/cases/more',
    'bin',
    'data',
  ]
  const suffix = ['ts', 'js', 'json', 'md'][index % 4]
  return `packages/package-${Math.floor(folder / 10)}/${kinds[folder % 10]}/file-${index}.${suffix}`
}

const words =
  'const return import export function value result list entry for if else await async throw new Error name path index count'.split(
    ' ',
  )

/** Some 300 to 3,000 characters that look like a source file. */
function text(random: () => number): string {
  const lines = 10 + Math.floor(random() * 80)
  let content = ''
  for (let line = 0; line < lines; line += 1) {
    content += ' '.repeat(2 * Math.floor(random() * 4))
    for (let word = Math.floor(random() * 8); word >= 0; word -= 1)
      content += `${words[Math.floor(random() * words.length)]} `
    content += `${Math.floor(random() * 1000)}\n`
  }
  return content
}
