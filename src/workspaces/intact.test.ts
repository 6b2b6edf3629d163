import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { exec } from '../util/exec.ts'
import { makePlace, makeRepository, sourceOf } from './testing/repository.ts'

const place = makePlace('intact')
afterAll(() => place.remove())

it('a kept checkout that was changed since it was made is built anew, and that is told', async () => {
  const repository = makeRepository(join(place.root, 'repository'))
  const commit = repository.commit({ 'a.txt': 'a\n', 'b.txt': 'b\n' })
  const source = sourceOf(repository.path, commit, {
    prepare: ['echo installed >ignored.log', 'echo "*.log" >.gitignore'],
  })
  const prepare = () => place.workspaces.prepare(source, exec)
  const first = await prepare()
  expect(first.damage).toBe(null)
  expect((await prepare()).damage).toBe(null)

  const file = join(first.path, 'a.txt')
  const { atime, mtime } = statSync(file)
  writeFileSync(file, 'A\n')
  utimesSync(file, atime, mtime)
  expect((await prepare()).damage).toContain('a.txt')
  expect(readFileSync(file, 'utf8')).toBe('a\n')
  expect((await prepare()).damage).toBe(null)

  const ignored = join(first.layer ?? '', 'ignored.log')
  writeFileSync(ignored, 'forged!!\n')
  expect((await prepare()).damage).toContain('what prepare left')
  expect(readFileSync(ignored, 'utf8')).toBe('installed\n')

  rmSync(join(first.path, '.git/HEAD'))
  expect((await prepare()).damage).not.toBe(null)
  expect((await prepare()).damage).toBe(null)
})

it('a file that was only touched is no damage', async () => {
  const repository = makeRepository(join(place.root, 'other'))
  const commit = repository.commit({ 'a.txt': 'a\n' })
  const source = sourceOf(repository.path, commit)
  const { path } = await place.workspaces.prepare(source, exec)
  writeFileSync(join(path, 'a.txt'), 'a\n')
  expect((await place.workspaces.prepare(source, exec)).damage).toBe(null)
})
