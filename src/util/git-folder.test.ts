import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UserError } from '../errors.ts'
import { repositoryFromFolder } from './git-folder.ts'
import { gitText } from './git.ts'

let root: string
let folder: string
let cacheRoot: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'git-folder-'))
  folder = join(root, 'folder')
  cacheRoot = join(root, 'cache')
  await mkdir(folder)
})
afterEach(() => rm(root, { recursive: true, force: true }))

/** Files with all that could make a commit differ from machine to machine. */
async function fill(target: string): Promise<void> {
  await mkdir(join(target, 'src'), { recursive: true })
  await writeFile(join(target, 'src/a.txt'), 'one\r\ntwo\n')
  await writeFile(join(target, 'run.sh'), '#!/bin/sh\n')
  await chmod(join(target, 'run.sh'), 0o755)
  await symlink('src/a.txt', join(target, 'link'))
  await writeFile(join(target, '.gitignore'), '*.log\n')
  await writeFile(join(target, '.gitattributes'), '* text=auto eol=lf\n*.txt filter=evil ident\n')
  await writeFile(join(target, 'debug.log'), 'ignored')
  await writeFile(join(target, 'grüße "x".txt'), 'odd name')
}

const tree = (repository: { path: string; commit: string }): Promise<string> =>
  gitText(['-c', 'core.quotePath=false', 'ls-tree', '-r', repository.commit], { gitDir: repository.path })

describe('a repository from a plain folder', () => {
  it('has the same commit on every machine', async () => {
    await fill(folder)
    const { commit } = await repositoryFromFolder(folder, cacheRoot)
    expect(commit).toBe('8beb6ff7a7d138e448b5308a0714e846ec3f3968')
  })

  it('keeps bytes, modes and links, and leaves out what is ignored', async () => {
    await fill(folder)
    const repository = await repositoryFromFolder(folder, cacheRoot)
    expect((await tree(repository)).replace(/[0-9a-f]{40}\t/g, '')).toMatchInlineSnapshot(`
      "100644 blob .gitattributes
      100644 blob .gitignore
      100644 blob "grüße \\"x\\".txt"
      120000 blob link
      100755 blob run.sh
      100644 blob src/a.txt"
    `)
    expect(await gitText(['show', `${repository.commit}:src/a.txt`], { gitDir: repository.path })).toBe(
      'one\r\ntwo',
    )
  })

  it('does not depend on times, umask, locale or the configuration of the user', async () => {
    await fill(folder)
    const first = await repositoryFromFolder(folder, cacheRoot)
    const before = { ...process.env }
    const umask = process.umask(0o077)
    const home = join(root, 'home')
    await mkdir(home)
    await writeFile(join(home, 'ignore'), '*.txt\n')
    await writeFile(
      join(home, '.gitconfig'),
      `[core]\nexcludesFile = ${home}/ignore\nautocrlf = input\nfileMode = false\n[user]\nname = Somebody\n[init]\ndefaultBranch = other\n[commit]\ngpgSign = true\n[filter "evil"]\nclean = touch ${home}/hacked; cat\n`,
    )
    Object.assign(process.env, {
      HOME: home,
      XDG_CONFIG_HOME: home,
      TZ: 'Asia/Tokyo',
      LC_ALL: 'de_DE.UTF-8',
      GIT_AUTHOR_NAME: 'Somebody',
      GIT_DIR: '/nowhere',
      GIT_INDEX_FILE: '/nowhere/index',
    })
    try {
      const other = join(root, 'other')
      await fill(other)
      await utimes(join(other, 'run.sh'), 1, 1)
      const second = await repositoryFromFolder(other, join(root, 'other-cache'))
      expect(second.commit).toBe(first.commit)
      expect(await readdir(home)).not.toContain('hacked')
    } finally {
      process.umask(umask)
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
      Object.assign(process.env, before)
    }
  })

  it('takes repositories around and inside of the folder for plain files', async () => {
    await fill(folder)
    const plain = await repositoryFromFolder(folder, cacheRoot)
    const nested = join(folder, 'nested')
    await mkdir(nested)
    await writeFile(join(nested, 'b.txt'), 'b')
    const withNested = await repositoryFromFolder(folder, cacheRoot)
    for (const path of [root, folder, nested]) execFileSync('git', ['init', '-q', path])
    await writeFile(join(nested, 'c.log'), 'ignored here, too')
    expect(await repositoryFromFolder(folder, cacheRoot)).toEqual(withNested)
    await rm(nested, { recursive: true })
    expect(await repositoryFromFolder(folder, cacheRoot)).toEqual(plain)
  })

  it('can be cloned', async () => {
    await fill(folder)
    const { path, commit } = await repositoryFromFolder(folder, cacheRoot)
    execFileSync('git', ['clone', '-q', path, join(root, 'clone')])
    const head = execFileSync('git', ['-C', join(root, 'clone'), 'log', '--format=%H %D'])
    expect(head.toString()).toContain(commit)
  })

  it('is made once when many ask at the same time', async () => {
    await fill(folder)
    const made = await Promise.all(Array.from({ length: 6 }, () => repositoryFromFolder(folder, cacheRoot)))
    expect(new Set(made.map(one => one.path)).size).toBe(1)
    expect(await readdir(join(cacheRoot, 'folders'))).toEqual([`${made[0]?.commit}.git`])
  })

  it('says what is wrong with a folder that is missing, a file, or empty', async () => {
    const make = (path: string): Promise<unknown> => repositoryFromFolder(path, cacheRoot)
    await expect(make(join(root, 'missing'))).rejects.toThrow(/cannot read the folder .*missing \(ENOENT\)/)
    await expect(make(folder)).rejects.toThrow(/holds no files/)
    await writeFile(join(folder, '.gitignore'), '*\n')
    await expect(make(folder)).rejects.toThrow(UserError)
    await expect(make(join(folder, '.gitignore'))).rejects.toThrow(/is a file/)
    expect(await readdir(join(cacheRoot, 'folders'))).toEqual([])
  })
})
