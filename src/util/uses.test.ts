import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ownProcessName } from './process-name.ts'
import { ifFree, lastUse, markUse, notesOf, unlessUsed } from './uses.ts'

async function makeRoot(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'uses-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  return root
}

test('what a live process uses is left alone, what a dead one used is not', async () => {
  const root = await makeRoot()
  let times = 0
  const work = async (): Promise<void> => {
    times += 1
  }
  await markUse(root, 'a', { git: 'x' })
  expect(await unlessUsed(root, 'a', work)).toBe(false)

  const own = await ownProcessName()
  const dead = own.replace(/^\d+/, execFileSync('sh', ['-c', 'echo $$']).toString().trim())
  await rm(join(notesOf(root, 'a'), own))
  await writeFile(join(notesOf(root, 'a'), dead), '')
  expect(await unlessUsed(root, 'a', work)).toBe(true)
  expect(times).toBe(1)
  expect(await lastUse(root, 'a')).toBeNull()
})

test('the last use and what an entry is are kept', async () => {
  const root = await makeRoot()
  expect(await lastUse(root, 'a')).toBeNull()
  await markUse(root, 'a', { git: 'x' })
  await markUse(root, 'a', { git: 'y' })
  expect(await lastUse(root, 'a')).toMatchObject({ about: { git: 'y' } })
  expect(await readdir(join(root, 'locks'))).toEqual([])
})

test('work under a lock that somebody holds is not done; what the work throws is thrown', async () => {
  const root = await makeRoot()
  await symlink(`${await ownProcessName()}-x`, join(root, 'held'))
  expect(await ifFree(join(root, 'held'), () => Promise.reject(new Error('was done')))).toBe(false)
  expect(await ifFree(join(root, 'free'), async () => undefined)).toBe(true)
  await expect(ifFree(join(root, 'free'), () => Promise.reject(new Error('was done')))).rejects.toThrow(
    'was done',
  )
})
