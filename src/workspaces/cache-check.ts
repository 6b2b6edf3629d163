import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { InfraError } from '../errors.ts'
import { writeGitDir } from '../util/git-dir.ts'
import { mistakesInGitDir } from '../util/git-dir-check.ts'
import { GitError, git, gitText, runGit, splitZ } from '../util/git.ts'
import { stage } from '../util/git-stage.ts'
import { ifFree } from '../util/uses.ts'
import type { CacheEntry } from './cache-entries.ts'
import { hasRecordedDigest } from './checkout-digest.ts'
import { checkoutKey, partsOf, readRecord, type CheckoutRecord } from './checkout.ts'
import { listChanges } from './diff-trees.ts'
import { checkHistory, historySettings } from './history.ts'
import { readPrepared } from './prepared-layer.ts'

const fsckTimeoutMs = 3_600_000

/** Half sentences about what is wrong with an entry, none if nothing is; null if somebody builds it right now. */
export async function checkEntry(cacheRoot: string, entry: CacheEntry): Promise<string[] | null> {
  let mistakes: string[] = []
  const check = async (): Promise<void> => {
    try {
      mistakes = await checkerOf(entry.kind)(entry, cacheRoot)
    } catch (error) {
      if (!(error instanceof Error) || !isDamage(error)) throw error
      mistakes = [`cannot be read: ${error.message.split('\n').slice(0, 3).join(' ')}`]
    }
  }
  if (entry.lock === null) await check()
  else if (!(await ifFree(entry.lock, check))) return null
  return mistakes
}

function checkerOf(kind: CacheEntry['kind']): (entry: CacheEntry, cacheRoot: string) => Promise<string[]> {
  switch (kind) {
    case 'mirror':
      return checkMirror
    case 'checkout':
      return checkCheckout
    case 'prepared':
      return checkPrepared
    case 'folder':
      return checkFolder
    case 'packages':
    case 'log':
    case 'leftover':
      return async () => []
  }
}

async function checkMirror({ path, name }: CacheEntry): Promise<string[]> {
  const idLength = name.endsWith('.sha256') ? 64 : 40
  const mistakes = await mistakesInGitDir(path, { bare: true, idLength })
  if (mistakes.length > 0) return mistakes
  const pins = (
    await gitText(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/pins/'], { gitDir: path })
  ).split('\n')
  const moved = pins.filter(pin => pin !== '' && pin.split(' refs/pins/')[0] !== pin.split(' refs/pins/')[1])
  return [...moved.map(pin => `the pin ${pin} was moved`), ...(await fsck(path, ['--connectivity-only']))]
}

async function checkFolder({ path, name }: CacheEntry): Promise<string[]> {
  const mistakes = await mistakesInGitDir(path, { bare: true, raw: true })
  if (mistakes.length > 0) return mistakes
  const head = await gitText(['rev-parse', 'refs/heads/main'], { gitDir: path })
  return [...(head === name ? [] : [`main is at ${head}, expected ${name}`]), ...(await fsck(path, []))]
}

/** From the name to the pinned commit, to its tree, to the base, to the files: each follows from the one before. */
async function checkCheckout(entry: CacheEntry): Promise<string[]> {
  const { git: url, commit, history } = entry.about
  const record = await readRecord(entry.path)
  const { workTree } = partsOf(entry.path)
  const gitDir = join(workTree, '.git')
  const idLength = record.head.length
  const mistakes = await mistakesInGitDir(gitDir, { bare: false, idLength, config: historySettings })
  if (mistakes.length > 0) return mistakes.map(mistake => `.git: ${mistake}`)

  const source = url && commit && history ? { git: url, commit, history } : null
  if (source && !source.git.includes('***') && !checkoutKey(source).startsWith(entry.name))
    mistakes.push('it is not named after what it says it holds')
  if (source?.history === 'ancestors' && record.head !== source.commit)
    mistakes.push(`it records the commit ${record.head}, expected ${source.commit}`)
  const head = await gitText(['rev-parse', 'HEAD'], { gitDir })
  if (head !== record.head) mistakes.push(`its branch is at ${head}, expected ${record.head}`)
  mistakes.push(...(await fsck(gitDir, [])))
  if (mistakes.length > 0) return mistakes
  await checkHistory(gitDir)
  return [...mistakes, ...(await checkFiles(entry.path, record))]
}

async function checkFiles(checkout: string, record: CheckoutRecord): Promise<string[]> {
  const { workTree, base } = partsOf(checkout)
  const objects = join(workTree, '.git')
  const folder = await mkdtemp(join(tmpdir(), 'agent-eval-check-'))
  const gitDir = join(folder, 'own.git')
  try {
    // Ours alone: the checkout's own index may say that changed files need not be read.
    await writeGitDir(gitDir, {
      bare: true,
      raw: true,
      idLength: record.baseTree.length,
      alternates: [join(base, 'objects'), join(objects, 'objects')],
    })
    await copyFile(join(base, 'info/exclude'), join(gitDir, 'info/exclude'))
    await git(['read-tree', record.baseTree], { gitDir, workTree })
    const tree = await stage({ gitDir, workTree })
    if (tree !== record.baseTree) {
      const changes = await listChanges(gitDir, record.baseTree, tree)
      const names = changes.map(({ path }) => Buffer.from(path, 'latin1').toString())
      return [`its files were changed: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`]
    }
    if (!(await isPinnedTree(gitDir, record)))
      return ['its base was changed: it is not the tree of its commit']
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return []
}

/** No commit tells what commands leave: it is compared with what was recorded when it was made. */
async function checkPrepared({ path, use }: CacheEntry, cacheRoot: string): Promise<string[]> {
  await readPrepared(path)
  const same = await hasRecordedDigest(cacheRoot, use, path)
  if (same === null) return ['nothing is recorded of what it was when it was made']
  return same ? [] : ['what prepare left (installed packages, say) was changed']
}

/** Submodules of the commit are in no base. */
async function isPinnedTree(gitDir: string, { head, baseTree }: CheckoutRecord): Promise<boolean> {
  const listed = async (tree: string): Promise<string> =>
    splitZ(await git(['ls-tree', '-r', '-z', tree], { gitDir }))
      .filter(line => !line.startsWith('160000 '))
      .join('\0')
  return (await listed(head)) === (await listed(baseTree))
}

async function fsck(gitDir: string, how: readonly string[]): Promise<string[]> {
  const args = ['fsck', ...how, '--no-dangling', '--no-progress', '--no-reflogs']
  const { exitCode, stdout, stderr } = await runGit(args, { gitDir, timeoutMs: fsckTimeoutMs })
  if (exitCode === 0) return []
  // "error in commit …" is an oddity of old histories: the bytes are those of the object's id all the same.
  const said = `${stdout.toString()}\n${stderr}`
    .split('\n')
    .filter(line => /^(error:|missing|broken|fatal)/.test(line))
  const isOddityOnly = exitCode === 1 && said.length === 0
  const shown = said.slice(0, 3).join('; ') || `git fsck ended with exit code ${exitCode}`
  return isOddityOnly ? [] : [`objects are damaged or missing: ${shown}`]
}

/** A file is missing, is no record, or git could not make sense of it. A full disk or a missing git is no damage. */
function isDamage(error: Error): boolean {
  if (error instanceof GitError)
    return (
      error.stderr !== '' &&
      !/no space left|permission denied|cannot allocate|too many open/i.test(error.stderr)
    )
  if (error instanceof InfraError || error instanceof SyntaxError || error instanceof z.ZodError) return true
  return 'code' in error && ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(String(error.code))
}
