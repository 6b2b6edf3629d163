import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Patch, PreparedSource } from '../contracts.ts'
import { patchOf as patchOfSample, prepareSample } from './testing/patches.ts'
import { makePlace, nothingPlaced, writeFiles } from './testing/repository.ts'

const place = makePlace('apply')
let prepared: PreparedSource

beforeAll(async () => {
  prepared = await prepareSample(place)
})
afterAll(() => place.remove())

const patchOf = (change: (path: string) => void): Promise<Patch> => patchOfSample(place, prepared, change)

describe('applying a patch', () => {
  it('replaces files that stand in its way, and follows no link', async () => {
    const patch = await patchOf(path => writeFiles(path, { 'new/x.txt': 'x\n', 'y.txt': 'y\n' }))
    const workspace = await place.workspaces.create(prepared, nothingPlaced)
    const outside = join(place.root, 'outside')
    mkdirSync(outside)
    symlinkSync(outside, join(workspace.path, 'new'))
    symlinkSync(join(outside, 'y'), join(workspace.path, 'y.txt'))
    await workspace.apply(patch.text)
    expect(readFileSync(join(workspace.path, 'new/x.txt'), 'utf8')).toBe('x\n')
    expect(existsSync(join(outside, 'x.txt')) || existsSync(join(outside, 'y'))).toBe(false)
  })

  it('refuses a patch for other files, or one that leaves the folder', async () => {
    const workspace = await place.workspaces.create(prepared, nothingPlaced)
    const patch = (path: string): string =>
      `diff --git a/${path} b/${path}\nnew file mode 100644\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+x\n`
    await expect(workspace.apply(patch('../x'))).rejects.toThrow(/does not apply.*invalid path/s)
    await expect(workspace.apply(patch('.git/hooks/x'))).rejects.toThrow(/invalid path/)
    await expect(workspace.apply(patch('a.txt'))).rejects.toThrow(/already exists/)
    await expect(workspace.apply('nonsense')).rejects.toThrow(/does not apply/)
    expect((await workspace.capture()).text).toBe('')
  })

  it('works after the agent has broken the repository inside', async () => {
    const patch = await patchOf(path => writeFiles(path, { 'a.txt': 'x\n' }))
    const workspace = await place.workspaces.create(prepared, nothingPlaced)
    rmSync(join(workspace.path, '.git'), { recursive: true })
    await workspace.apply(patch.text)
    expect((await workspace.capture()).text).toBe(patch.text)
  })
})

describe('restoring paths', () => {
  it('puts back what the base has, removes what it has not, and follows no link', async () => {
    const workspace = await place.workspaces.create(prepared, nothingPlaced)
    const outside = join(place.root, 'restore-outside')
    writeFiles(outside, { 'c.txt': 'outside', 'new.txt': 'outside' })
    writeFiles(workspace.path, { 'a.txt': 'x', 'new.txt': 'x', 'kept.txt': 'kept\n' })
    rmSync(join(workspace.path, 'b.txt'))
    writeFiles(workspace.path, { 'b.txt/in': 'x' })
    rmSync(join(workspace.path, 'dir'), { recursive: true })
    symlinkSync(outside, join(workspace.path, 'dir'))
    await workspace.restore([
      'a.txt',
      'b.txt',
      'b.txt/in',
      'new.txt',
      'dir/new.txt',
      'dir/c.txt',
      'dir/deep/d.txt',
      'dir',
    ])
    expect((await workspace.capture()).changedFiles).toEqual(['kept.txt'])
    expect(readFileSync(join(outside, 'c.txt'), 'utf8')).toBe('outside')
    expect(existsSync(join(outside, 'new.txt'))).toBe(true)
  })
})
