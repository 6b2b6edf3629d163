import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { InfraError } from '../errors.ts'
import { Unusual } from './unusual.ts'
import { failed, git, joinZ, runGit, splitZ, type GitOptions } from './git.ts'

export interface StageOptions {
  gitDir: string
  workTree: string
  /** For instance GIT_INDEX_FILE. */
  env?: Record<string, string>
  /** Files that are taken although they may be ignored, as `/`-separated paths. */
  force?: readonly string[]
  /** Leaves the submodules of the index as they are. Without it none is left in it. */
  keepSubmodules?: boolean
  /** The command line that runs git where the work tree can be seen; this process does not see it then. */
  within?: GitOptions['within']
  /** Largest sum of the sizes of untracked files, in bytes. */
  maxNewBytes?: number
}

/**
 * Brings an index to the state of a folder like `git add -A`, but takes repositories inside the folder for the plain files
 * that they consist of (without their `.git`), and returns the tree. Links are kept as links, other special files are left
 * out, `.gitignore` files of the folder count. Throws GitError, also where something could not be read.
 */
export async function stage(options: StageOptions): Promise<string> {
  await run(options, ['add', '--update'])
  // A file in whose place a repository stands now would be one.
  if (!options.keepSubmodules) await removeSubmodules(options)
  const untracked = await listUntracked(options)
  const forced = (options.force ?? []).map(path => Buffer.from(path).toString('latin1'))
  if (options.maxNewBytes !== undefined) await checkSize(options, untracked, options.maxNewBytes)
  await run(
    options,
    ['update-index', '--add', '--replace', '-z', '--stdin'],
    joinZ([...untracked, ...forced]),
  )
  return (await run(options, ['write-tree'])).toString().trim()
}

/** Paths of the submodules in an index, one character a byte. */
export async function listSubmodules(options: GitOptions): Promise<string[]> {
  const entries = splitZ(await git(['ls-files', '-z', '--stage'], options))
  return entries
    .filter(entry => entry.startsWith('160000 '))
    .map(entry => entry.slice(entry.indexOf('\t') + 1))
}

async function removeSubmodules(options: StageOptions): Promise<void> {
  const paths = await listSubmodules(toGit(options))
  if (paths.length === 0) return
  await run(options, ['update-index', '--force-remove', '-z', '--stdin'], joinZ(paths))
}

async function listUntracked(options: StageOptions): Promise<string[]> {
  const listed = splitZ(await run(options, ['ls-files', '-z', '--others', '--exclude-standard']))
  const plain = listed.filter(path => !path.endsWith('/') && !path.split('/').some(isGitName))
  const nested = listed.filter(path => path.endsWith('/') && !path.split('/').some(isGitName))
  const inside: string[] = []
  if (nested.length > 0 && options.within) throw new Unusual(`a repository in ${options.workTree}`)
  for (const folder of nested) await walk(options.workTree, folder.slice(0, -1), inside)
  if (inside.length === 0) return plain
  const ignored = new Set(await listIgnored(options, inside))
  return [...plain, ...inside.filter(path => !ignored.has(path))]
}

/** git refuses such a name in any spelling. */
function isGitName(name: string): boolean {
  return name.toLowerCase() === '.git'
}

/** Adds the files and links below a folder of the work tree; one character of a path is one byte. */
async function walk(workTree: string, folder: string, found: string[]): Promise<void> {
  for (const entry of await readdir(onDisk(workTree, folder), { withFileTypes: true, encoding: 'latin1' })) {
    const path = `${folder}/${entry.name}`
    if (isGitName(entry.name)) continue
    if (entry.isDirectory()) await walk(workTree, path, found)
    else if (entry.isFile() || entry.isSymbolicLink()) found.push(path)
  }
}

async function listIgnored(options: StageOptions, paths: string[]): Promise<string[]> {
  const args = ['check-ignore', '-z', '--stdin']
  // With "./" a path cannot be taken for a pattern.
  const gitOptions = { ...toGit(options), input: joinZ(paths.map(path => `./${path}`)) }
  const result = await runGit(args, gitOptions)
  // 1 = none of them is ignored.
  if (result.exitCode > 1 || unread.test(result.stderr)) throw failed(args, gitOptions, result)
  return splitZ(result.stdout).map(path => path.slice(2))
}

async function checkSize(options: StageOptions, paths: string[], maxBytes: number): Promise<void> {
  let bytes = 0
  for (const path of paths) {
    bytes += (await lstat(onDisk(options.workTree, path))).size
    if (bytes > maxBytes) {
      throw new InfraError(
        `the new files in ${options.workTree} hold more than ${Math.round(maxBytes / 1e6)} MB, the last one counted is ` +
          `${path}: have them removed, or list them in .gitignore`,
      )
    }
  }
}

/** git goes on after such a message, as if the file or folder were not there. */
const unread = /permission denied/i

async function run(options: StageOptions, args: string[], input?: Buffer): Promise<Buffer> {
  const gitOptions = { ...toGit(options), ...(input && { input }) }
  const result = await runGit(args, gitOptions)
  if (result.exitCode !== 0 || unread.test(result.stderr)) throw failed(args, gitOptions, result)
  return result.stdout
}

function toGit({ gitDir, workTree, env, within }: StageOptions): GitOptions {
  return { gitDir, workTree, ...(env && { env }), ...(within && { within }) }
}

function onDisk(workTree: string, path: string): Buffer {
  return Buffer.from(join(Buffer.from(workTree).toString('latin1'), path), 'latin1')
}
