import { appendFile, mkdir, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { place, type Place } from '../testing/cli.ts'
import { project, suiteText } from '../testing/project.ts'
import { ownProcessName } from '../util/process-name.ts'

interface Entry {
  kind: string
  name: string
  path: string
  state: string
  mistakes: string[]
}

const prepare = 'prepare: ["mkdir node_modules; echo 1 >node_modules/x; echo node_modules >.gitignore"]'

async function filledCache(): Promise<Place> {
  const at = await place({
    ...project,
    'suite.yaml': suiteText.replace('{ folder: ./calc }', `{ folder: ./calc, ${prepare} }`),
  })
  await at.run('run', 'suite.yaml', '--trials', '1')
  return at
}

async function entriesOf(at: Place, ...args: string[]): Promise<Entry[]> {
  return JSON.parse((await at.run('cache', ...args, '--json')).stdout).entries
}

async function pathOf(at: Place, kind: string): Promise<string> {
  return (await entriesOf(at, 'list')).find(entry => entry.kind === kind)?.path ?? ''
}

test('cache list: what each entry is, how large, and when it was used', async () => {
  const at = await filledCache()
  const { stdout, stderr, exitCode } = await at.run('cache', 'list')
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^checkout +[\d.]+ kB +just now .*@ [0-9a-f]{12}$/m)
  expect(stdout).toMatch(/^prepared +[\d.]+ kB +just now .*@ [0-9a-f]{12} prepared by: mkdir node_modules/m)
  expect(stdout).toMatch(/^mirror /m)
  expect(stdout).toContain(join(at.path, 'calc'))
  expect(stderr).toContain(at.env['AGENT_EVAL_CACHE'])
  const empty = await place()
  expect(await empty.run('cache', 'list')).toMatchObject({ exitCode: 0, stdout: '' })
})

test('cache verify: a fresh cache is good; whatever was changed in it is named, and removed with --fix', async () => {
  const at = await filledCache()
  expect(await at.run('cache', 'verify')).toMatchObject({ exitCode: 0, stdout: '' })

  const prepared = await pathOf(at, 'prepared')
  await writeFile(join(prepared, 'ws/node_modules/x'), '2\n')
  const ignored = await at.run('cache', 'verify')
  expect(ignored.exitCode).toBe(1)
  expect(ignored.stdout).toContain(prepared)
  expect(ignored.stdout).toContain('what prepare left')
  await writeFile(join(prepared, 'ws/node_modules/x'), '1\n')
  expect((await at.run('cache', 'verify')).exitCode).toBe(0)

  const checkout = await pathOf(at, 'checkout')
  await writeFile(join(checkout, 'ws/test/add.test.js'), '')
  expect((await at.run('cache', 'verify')).stdout).toContain('its files were changed: test/add.test.js')

  const mirror = await pathOf(at, 'mirror')
  await appendFile(join(mirror, 'config'), '[alias]\nx = !sh\n')
  const folder = await pathOf(at, 'folder')
  await mkdir(join(folder, 'hooks'))
  await writeFile(join(folder, 'hooks/post-checkout'), '#!/bin/sh\n')
  const damaged = (await entriesOf(at, 'verify')).map(({ kind, state, mistakes }) => [
    kind,
    state,
    ...mistakes,
  ])
  expect(damaged).toContainEqual(['mirror', 'damaged', 'config was changed'])
  expect(damaged).toContainEqual(['folder', 'damaged', 'hooks was added'])

  expect((await at.run('cache', 'verify', '--fix')).exitCode).toBe(1)
  expect(await at.run('cache', 'verify')).toMatchObject({ exitCode: 0, stdout: '' })
  expect(await readdir(join(checkout, '..'))).toEqual([])
  const again = await at.run('run', 'suite.yaml', '--trials', '1')
  expect(again.exitCode).toBe(0)
  expect((await at.run('cache', 'list')).stdout).toMatch(/^checkout /m)
})

test('cache verify: a mirror that lost objects, and a checkout that holds one more, are damaged', async () => {
  const at = await filledCache()
  const packs = join(await pathOf(at, 'mirror'), 'objects')
  for (const name of await readdir(packs))
    if (name !== 'info') await rm(join(packs, name), { recursive: true })
  await mkdir(join(packs, 'pack'))
  const gitDir = join(await pathOf(at, 'checkout'), 'ws/.git')
  await writeFile(join(at.path, 'later.txt'), 'from a later commit\n')
  await at.git(`--git-dir=${gitDir}`, 'hash-object', '-w', 'later.txt')
  const entries = await entriesOf(at, 'verify')
  const mistakesOf = (kind: string): string =>
    entries.find(entry => entry.kind === kind)?.mistakes.join() ?? ''
  expect(mistakesOf('mirror')).toContain('damaged or missing')
  expect(mistakesOf('checkout')).toMatch(/holds \d+ objects/)
})

test('cache prune: the least recently used goes first, never what is in use, and nothing with --dry-run', async () => {
  const at = await filledCache()
  const cache = at.env['AGENT_EVAL_CACHE'] ?? ''
  const [checkout, mirror] = [await pathOf(at, 'checkout'), await pathOf(at, 'mirror')]
  const leftover = `${checkout}-0badcafe`
  await mkdir(leftover)
  const mirrorUse = join(cache, 'uses', `mirror-${/([^/]+)\.git$/.exec(mirror)?.[1]}`)
  await utimes(join(mirrorUse, 'about.json'), 1, 1)

  const dry = await at.run('cache', 'prune', '--older-than', '30d', '--dry-run')
  expect(dry.stdout).toMatch(/^would remove {2}mirror /m)
  expect(dry.stdout).toMatch(/^would remove {2}leftover /m)
  expect(dry.stdout).not.toMatch(/ (checkout|folder) /)

  // This process says that it uses the mirror, as a run would.
  const mark = join(mirrorUse, await ownProcessName())
  await writeFile(mark, '')
  const busy = await at.run('cache', 'prune', '--older-than', '30d')
  expect(busy.stderr).toMatch(/^kept, it is in use now {2}mirror /m)
  expect(await readdir(join(mirror, '..'))).toHaveLength(1)
  expect(await readdir(join(checkout, '..'))).toHaveLength(1)
  await rm(mark)
  expect((await at.run('cache', 'prune', '--older-than', '30d')).stderr).toMatch(/^freed \d/m)
  expect(await readdir(join(mirror, '..'))).toEqual([])

  // Nor what is being built.
  const lock = join(cache, 'locks', `checkout-${checkout.split('/').at(-1)}`)
  await symlink(`${await ownProcessName()}-x`, lock)
  await at.run('cache', 'prune', '--max-size', '0B')
  expect((await entriesOf(at, 'list')).map(({ kind }) => kind)).toContain('checkout')
  await rm(lock)
  await at.run('cache', 'prune', '--max-size', '0B')
  expect(await entriesOf(at, 'list')).toEqual([])
  expect((await at.run('run', 'suite.yaml', '--trials', '1')).exitCode).toBe(0)
})

test('cache prune: a size or an age that is none is wrong input', async () => {
  const at = await place()
  expect((await at.run('cache', 'prune', '--max-size', 'much')).exitCode).toBe(2)
  expect((await at.run('cache', 'prune', '--older-than', '30')).exitCode).toBe(2)
})

test('a run keeps the cache below its limit: what was not used for longest goes, what runs use stays', async () => {
  const at = await filledCache()
  const before = await entriesOf(at, 'list')
  await at.write({ 'calc/src/new.js': 'export {}\n' })
  at.env['AGENT_EVAL_CACHE_LIMIT'] = '20GB'
  expect((await at.run('run', 'suite.yaml', '--trials', '1')).exitCode).toBe(0)
  const both = await entriesOf(at, 'list')
  expect(both.length).toBeGreaterThan(before.length)

  at.env['AGENT_EVAL_CACHE_LIMIT'] = '1B'
  expect((await at.run('run', 'suite.yaml', '--trials', '1')).exitCode).toBe(0)
  const left = (await entriesOf(at, 'list')).map(entry => entry.name)
  const old = before.map(entry => entry.name)
  const checkouts = both.filter(entry => entry.kind === 'checkout').map(entry => entry.name)
  expect(left.filter(name => checkouts.includes(name))).toEqual(checkouts.filter(name => !old.includes(name)))
  expect(left.length).toBeLessThan(both.length)
  expect((await at.run('cache', 'verify')).exitCode).toBe(0)

  at.env['AGENT_EVAL_CACHE_LIMIT'] = 'a lot'
  const wrong = await at.run('run', 'suite.yaml', '--trials', '1')
  expect(wrong).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('AGENT_EVAL_CACHE_LIMIT: expected a size'),
  })
})
