import { closeSync, existsSync, openSync, readSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { basename, delimiter, dirname, join, resolve } from 'node:path'

/** Folders in which so much stands that no program brings all of it. */
const common = [
  '/',
  '/etc',
  '/home',
  '/media',
  '/mnt',
  '/opt',
  '/root',
  '/run',
  '/srv',
  '/tmp',
  '/usr',
  '/var',
]

/** What an installation has in a folder that holds other things, too: keys and sessions in ~/.local, tests in a repository. */
const parts =
  'bin sbin lib lib32 lib64 libexec include shims versions version plugins node_modules dist build src tools toolchains installs candidates package.json'.split(
    ' ',
  )

const programFolder = /^(\.?bin|sbin|shims)$/

/** The folders and files that a program which was found at a path needs, wherever it was installed; never a home as a whole. */
export function installationOf(program: string): string[] {
  const found = new Set<string>()
  const visit = (path: string): void => {
    if (found.has(path) || !existsSync(path)) return
    found.add(path)
    for (const place of around(path)) found.add(place)
    const next = [linkTarget(path), realpathSync(path), interpreterOf(path)]
    for (const other of next) if (other !== null) visit(resolve(dirname(path), other))
  }
  visit(program)
  return [...found]
}

/** What the programs on a PATH need. */
export function installationsOn(path: string): string[] {
  const folders = path.split(delimiter).filter(folder => folder.startsWith('/') && existsSync(folder))
  return folders.flatMap(folder =>
    folder === '/'
      ? []
      : programFolder.test(basename(folder))
        ? [folder, ...whole(dirname(folder))]
        : whole(folder),
  )
}

function around(path: string): string[] {
  const packages = path.indexOf('/node_modules/')
  if (packages > 0) return [path.slice(0, packages + '/node_modules'.length)]
  const folder = dirname(path)
  return programFolder.test(basename(folder)) ? whole(dirname(folder)) : whole(folder)
}

/** A folder if a program may well bring all of it, else its parts that look as if one did. */
function whole(folder: string): string[] {
  const home = homedir()
  if (common.includes(folder) || folder === tmpdir() || `${home}/`.startsWith(`${folder}/`)) return []
  const holdsMore = [home, '/'].includes(dirname(folder)) || existsSync(join(folder, '.git'))
  return holdsMore ? parts.map(part => join(folder, part)).filter(path => existsSync(path)) : [folder]
}

/** Null for what is no link. */
export function linkTarget(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null
    throw error
  }
}

/** The program that a script names in its first line; null for what is no script, or none that can be read. */
function interpreterOf(path: string): string | null {
  try {
    if (!statSync(path).isFile()) return null
    const file = openSync(path, 'r')
    try {
      const head = Buffer.alloc(256)
      const line = head.toString('latin1', 0, readSync(file, head)).split('\n')[0] ?? ''
      return /^#!\s*(\/\S+)/.exec(line)?.[1] ?? null
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null
    throw error
  }
}
