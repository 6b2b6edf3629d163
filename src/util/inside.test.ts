import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { resolveInside } from './inside.ts'

let base: string
let root: string
beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'inside-')))
  root = join(base, 'root')
  await mkdir(join(root, 'src'), { recursive: true })
  await writeFile(join(base, 'secret'), '')
})
afterEach(() => rm(base, { recursive: true, force: true }))

it.each(['src/a.ts', 'new/deep/file', './src/./a.ts', 'a..b'])('places %s', async path => {
  expect(await resolveInside(root, path)).toBe(join(root, path))
})

it.each(['../secret', 'src/../../secret', '/etc/passwd', '', '.'])('refuses "%s"', async path => {
  await expect(resolveInside(root, path)).rejects.toThrow('not a path inside of the workspace')
})

it('follows links that stay inside and refuses those that do not', async () => {
  await symlink('src', join(root, 'in'))
  await symlink('../secret', join(root, 'out'))
  await symlink('..', join(root, 'up'))
  await symlink('../not-yet', join(root, 'dangling'))
  expect(await resolveInside(root, 'in/a')).toBe(join(root, 'src', 'a'))
  await expect(resolveInside(root, 'out')).rejects.toThrow('leads out of the workspace')
  await expect(resolveInside(root, 'up/secret')).rejects.toThrow('leads out of the workspace')
  await expect(resolveInside(root, 'dangling')).rejects.toThrow('a link that leads nowhere')
})
