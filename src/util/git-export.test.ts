import { chmod, lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { place } from '../testing/cli.ts'
import { exportCommit } from './git-export.ts'
import {
  findRepository,
  hasFile,
  isInPastOf,
  resolveCommit,
  trackedBelow,
  type Repository,
} from './git-repository.ts'

async function repositoryAt(path: string): Promise<Repository> {
  const found = await findRepository(path)
  if (!found) throw new Error(`no repository at ${path}`)
  return found
}

test('the files come out as their objects are: no filter, conversion, hook or working tree has a say', async () => {
  const at = await place({ 'a.txt': 'one\ntwo $Id$\n', 'tools/x.sh': '#!/bin/sh\n', 'left.txt': 'kept\n' })
  await at.git('init', '-q')
  await symlink('/etc/passwd', join(at.path, 'link'))
  await symlink('tools', join(at.path, 'folder'))
  await at.git('add', '-A')
  await at.write({
    '.gitattributes':
      '* ident filter=evil\n*.txt text eol=crlf working-tree-encoding=UTF-16\nleft.txt export-ignore\n',
  })
  await at.git('add', '.gitattributes')
  await at.git('commit', '-qm', 'first')
  await at.git('config', 'filter.evil.smudge', `touch ${join(at.path, 'ran')}; cat`)
  await at.git('config', 'core.hooksPath', 'hooks')
  await mkdir(join(at.path, 'hooks'))
  await writeFile(join(at.path, 'hooks/post-checkout'), `#!/bin/sh\ntouch ${join(at.path, 'ran')}\n`)
  await chmod(join(at.path, 'hooks/post-checkout'), 0o755)
  await at.write({ 'a.txt': 'changed\n' })

  const repository = await repositoryAt(join(at.path, 'tools'))
  expect(repository).toEqual({ root: at.path, gitDir: join(at.path, '.git') })
  const parent = join(at.path, '..', 'out')
  await mkdir(parent)
  const { folder, write } = await exportCommit(repository, await resolveCommit(repository, 'main'), parent)
  await write(['tools'])
  expect(await readdir(folder)).toEqual(['tools'])
  // A link may lead anywhere: then all is written.
  await write(['tools', 'link'])
  expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('one\ntwo $Id$\n')
  expect(await readFile(join(folder, 'left.txt'), 'utf8')).toBe('kept\n')
  expect((await lstat(join(folder, 'tools/x.sh'))).mode & 0o111).not.toBe(0)
  expect(await readlink(join(folder, 'link'))).toBe('/etc/passwd')
  expect(await readlink(join(folder, 'folder'))).toBe('tools')
  await expect(lstat(join(at.path, 'ran'))).rejects.toThrow('ENOENT')
})

test('a further work tree is a repository with all commits of the first', async () => {
  const at = await place({ 'a.txt': 'one\n' })
  await at.git('init', '-q')
  await at.git('add', '-A')
  await at.git('commit', '-qm', 'first')
  const other = join(at.path, '..', 'other')
  await at.git('worktree', 'add', '-q', '-b', 'side', other)
  const repository = await repositoryAt(other)
  expect(repository.root).toBe(other)
  const parent = join(at.path, '..', 'out')
  await mkdir(parent)
  const { folder, write } = await exportCommit(repository, await resolveCommit(repository, 'main'), parent)
  await write([''])
  expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('one\n')
})

test('questions about a repository: names, ancestors, files of a commit, tracked files', async () => {
  const at = await place({ 'evals/a[1].yaml': 'a', 'b.txt': 'b' })
  expect(await findRepository(at.path)).toBe(null)
  await at.git('init', '-q')
  await at.git('add', '-A')
  await at.git('commit', '-qm', 'first')
  await at.git('commit', '-q', '--allow-empty', '-m', 'second')
  const repository = await repositoryAt(at.path)
  const [first, second] = [await resolveCommit(repository, 'HEAD^'), await resolveCommit(repository, 'main')]
  expect(second).toBe(await at.git('rev-parse', 'HEAD'))
  expect(await isInPastOf(repository, first, 'HEAD')).toBe(true)
  expect(await isInPastOf(repository, second, first)).toBe(false)
  for (const name of ['nowhere', '', '--all', 'main:b.txt', '-h'])
    await expect(resolveCommit(repository, name)).rejects.toThrow('there is no commit')

  expect(await hasFile(repository, first, 'evals/a[1].yaml')).toBe(true)
  for (const path of ['evals', 'evals/a1.yaml', 'c.txt', 'evals/*'])
    expect(await hasFile(repository, first, path)).toBe(false)
  expect(await trackedBelow(repository, 'evals')).toEqual(['evals/a[1].yaml'])
  expect(await trackedBelow(repository, 'eval*')).toEqual([])

  await at.git('tag', 'main', first)
  await expect(resolveCommit(repository, 'main')).rejects.toThrow('refs/')
  expect(await resolveCommit(repository, 'refs/heads/main')).toBe(second)
})
