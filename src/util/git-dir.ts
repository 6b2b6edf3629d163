import { mkdirSync, writeFileSync } from 'node:fs'
import { chmod, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from './json.ts'

export interface GitDirOptions {
  /** Without a work tree of its own. */
  bare: boolean
  /** Length in characters of its object ids: 40 (SHA-1) or 64 (SHA-256). */
  idLength?: number
  /** Object folders from which objects may be borrowed. */
  alternates?: readonly string[]
  /** Takes file contents byte for byte, whatever attributes the files in the work tree ask for. */
  raw?: boolean
  /** More sections of the config file. */
  config?: string
}

/** Wins over every `.gitattributes`: no filter runs and nothing is converted, and a diff is text where the bytes are. */
export const rawAttributes = '* -text -eol -filter -ident -working-tree-encoding -merge !diff !whitespace\n'

/** Object ids are as long as their hash. */
export const objectFormat = (id: string): 'sha1' | 'sha256' => (id.length === 64 ? 'sha256' : 'sha1')

/**
 * Makes a git directory without the help of git, so that no template, hook or default of this machine gets into it. Called
 * again it puts the settings of an existing one right.
 */
export async function writeGitDir(path: string, options: GitDirOptions): Promise<void> {
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'info']) {
    await mkdir(join(path, folder), { recursive: true })
  }
  await chmod(path, 0o700)
  for (const [name, text] of Object.entries(filesOf(options))) await put(join(path, name), text)
}

/** The same where nothing stands yet, for a git directory that lives no longer than this process: at the least cost. */
export function writePassingGitDir(path: string, options: GitDirOptions): void {
  mkdirSync(path, { mode: 0o700 })
  for (const folder of ['objects', 'objects/info', 'refs', 'info']) mkdirSync(join(path, folder))
  for (const [name, text] of Object.entries(filesOf(options)))
    if (text !== null) writeFileSync(join(path, name), text)
}

/** Null for a file that is not to be there. */
function filesOf(options: GitDirOptions): Record<string, string | null> {
  return {
    config: configText(options),
    HEAD: 'ref: refs/heads/main\n',
    'objects/info/alternates': options.alternates?.map(folder => `${folder}\n`).join('') ?? null,
    'info/attributes': options.raw ? rawAttributes : null,
  }
}

/** Leaves a right file alone: another process may be reading it. */
async function put(path: string, text: string | null): Promise<void> {
  if (text === null) return rm(path, { force: true })
  const present = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (present !== text) await writeAtomically(path, text)
}

/** Text of the config file that such a git directory has. */
export function configText({ bare, idLength = 40, raw = false, config = '' }: GitDirOptions): string {
  // What `git init` would find out by trying: file systems of macOS fold case and take names apart.
  const folds = process.platform === 'darwin'
  const lines = [
    '[core]',
    `repositoryformatversion = ${idLength === 64 ? 1 : 0}`,
    `bare = ${bare}`,
    'filemode = true',
    'symlinks = true',
    `ignorecase = ${folds}`,
    `precomposeunicode = ${folds}`,
    // A copy has other inodes and change times than the original: only size and modification time tell.
    'trustctime = false',
    'checkstat = minimal',
    // Files with such names are only dangerous on other systems, and must not go unseen.
    ...(raw ? ['protectNTFS = false', 'protectHFS = false', 'bigFileThreshold = 64m'] : []),
    ...(idLength === 64 ? ['[extensions]', 'objectformat = sha256'] : []),
    config,
  ]
  return `${lines.join('\n')}\n`
}
