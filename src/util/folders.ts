import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { InfraError } from '../errors.ts'

const run = promisify(execFile)

/** Ways to copy with times, modes and links as they are; the first shares the bytes where the file system can. */
const copyCommands: Partial<Record<NodeJS.Platform, string[][]>> = {
  linux: [
    ['cp', '-a', '--reflink=auto'],
    ['cp', '-a'],
  ],
  darwin: [
    ['cp', '-cRp'],
    ['cp', '-Rp'],
  ],
}

let working: Promise<string[] | null> | null = null

/** Copies a folder to a path at which nothing stands yet. Links stay links. Throws InfraError (no space left, say). */
export async function copyFolder(from: string, to: string): Promise<void> {
  working ??= findCopyCommand()
  const command = await working
  // The program is many times faster than Node on trees of many small files.
  if (command?.[0]) await runCopy(command, from, to)
  else
    await cp(from, to, {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
      errorOnExist: true,
    })
}

/** Copies what is in a folder into another one. Files that are there already must not be in the way of folders, nor links of anything. */
export async function copyInto(from: string, to: string): Promise<void> {
  working ??= findCopyCommand()
  const command = await working
  if (command?.[0]) await runCopy(command, `${from}/.`, to)
  else await cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
}

async function runCopy([program = '', ...args]: string[], from: string, to: string): Promise<void> {
  try {
    await run(program, [...args, '--', from, to])
  } catch (error) {
    const said =
      error instanceof Error && 'stderr' in error ? String(error.stderr).trim().slice(-2000) : String(error)
    throw new InfraError(`cannot copy ${from} to ${to}: ${said}`, { cause: error })
  }
}

async function findCopyCommand(): Promise<string[] | null> {
  const trial = await mkdtemp(join(tmpdir(), 'copy-'))
  const source = join(trial, 'source')
  try {
    await mkdir(source)
    for (const [index, command] of (copyCommands[process.platform] ?? []).entries()) {
      const [program = '', ...args] = command
      const works = await run(program, [...args, '--', source, join(trial, String(index))]).then(
        () => true,
        () => false,
      )
      if (works) return command
    }
    return null
  } finally {
    await rm(trial, { recursive: true, force: true })
  }
}

/** Tries whether files of one folder can be copied into another one so that they share their blocks on the disk. */
export async function sharesBlocks(from: string, to: string): Promise<boolean> {
  const how = { linux: ['--reflink=always'], darwin: ['-c'] }[String(process.platform)]
  if (!how) return false
  const [source, copy] = [await mkdtemp(join(from, 'blocks-')), await mkdtemp(join(to, 'blocks-'))]
  try {
    await writeFile(join(source, 'file'), 'x'.repeat(10_000))
    return await run('cp', [...how, '--', join(source, 'file'), join(copy, 'file')]).then(
      () => true,
      () => false,
    )
  } finally {
    for (const folder of [source, copy]) await rm(folder, { recursive: true, force: true })
  }
}

/** Removes a folder, also where its owner has locked themself out of parts of it. Never follows a link. */
export async function removeFolder(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 2 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    await openFolders(path)
    await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  }
}

/** Lets the owner list and change every folder below a path. What is gone meanwhile is no fault. */
async function openFolders(path: string): Promise<void> {
  try {
    await chmod(path, 0o700)
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (entry.isDirectory()) await openFolders(join(path, entry.name))
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}
