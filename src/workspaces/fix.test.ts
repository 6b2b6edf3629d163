import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FixFiles } from '../contracts.ts'
import { InfraError, UserError } from '../errors.ts'
import { exec } from '../util/exec.ts'
import {
  gitIn,
  makePlace,
  makeRepository,
  nothingPlaced,
  sourceOf,
  type TestRepository,
} from './testing/repository.ts'

const place = makePlace('fix')
let repository: TestRepository
let older: string
let pin: string
let fix: string

beforeAll(() => {
  repository = makeRepository(join(place.root, 'repository'))
  older = repository.commit({ 'src/a.js': 'zero\n' })
  pin = repository.commit({
    'src/a.js': 'broken\n',
    'src/latin.js': Buffer.from('gr\xfcn\n', 'latin1'),
    'test/old.test.js': 'old\n',
    'test/same.test.js': 'same\n',
    'test/moved.test.js': 'moved\n',
  })
  repository.commit({ 'test/between.test.js': 'between\n' })
  fix = repository.commit({
    'src/a.js': 'fixed\n',
    'src/latin.js': Buffer.from('bl\xe4u\n', 'latin1'),
    'src/new.js': 'new\n',
    'test/old.test.js': 'changed\n',
    'test/new.test.js': 'new\n',
    'test/moved.test.js': null,
    'test/elsewhere/moved.test.js': 'moved\n',
    'test/data.bin': Buffer.from([0, 255]),
  })
})
afterAll(() => place.remove())

const readFix = (commit: string, hidden: string[]): Promise<FixFiles> =>
  place.workspaces.readFix(sourceOf(repository.path, pin), { commit, hidden })

describe('a fix commit', () => {
  it('gives the hidden files as they are in it, and those that it deletes', async () => {
    const { hidden, deleted } = await readFix(fix, ['test/**'])
    expect(deleted).toEqual(['test/moved.test.js'])
    expect(hidden).toEqual({
      'test/between.test.js': { encoding: 'utf8', data: 'between\n', executable: false },
      'test/data.bin': { encoding: 'base64', data: 'AP8=', executable: false },
      'test/elsewhere/moved.test.js': { encoding: 'utf8', data: 'moved\n', executable: false },
      'test/new.test.js': { encoding: 'utf8', data: 'new\n', executable: false },
      'test/old.test.js': { encoding: 'utf8', data: 'changed\n', executable: false },
    })
  })

  it('gives the rest as a reference that applies over the pin', async () => {
    const { reference } = await readFix(fix, ['test'])
    const prepared = await place.workspaces.prepare(sourceOf(repository.path, pin), exec)
    const workspace = await place.workspaces.create(prepared, nothingPlaced)
    await workspace.apply(reference)
    const patch = await workspace.capture()
    expect(patch.changedFiles).toEqual(['src/a.js', 'src/latin.js', 'src/new.js'])
    expect(patch.text).toBe(reference)
  })

  it('may be on a branch that does not come after the pin', async () => {
    gitIn(repository.path, 'checkout', '-q', '-b', 'side', older)
    const side = repository.commit({ 'src/a.js': 'side\n', 'test/side.test.js': 'side\n' })
    gitIn(repository.path, 'checkout', '-q', 'main')
    expect(Object.keys((await readFix(side, ['test/side*'])).hidden)).toEqual(['test/side.test.js'])
  })

  it('with a file that becomes a folder has a reference that applies', async () => {
    const commit = repository.commit({ 'src/a.js': null, 'src/a.js/index.js': 'x\n', 'test/z': 'z' })
    const { reference } = await readFix(commit, ['test/**'])
    expect(reference).toContain('+++ b/src/a.js/index.js')
  })
})

describe('a fix is refused', () => {
  const refusal = async (commit: string, hidden: string[]): Promise<unknown> =>
    readFix(commit, hidden).catch((error: unknown) => error)

  it('if its globs match nothing that it changes', async () => {
    const error = await refusal(fix, ['spec/**', 'test/same.test.js'])
    expect(error).toBeInstanceOf(UserError)
    expect(String(error)).toMatch(
      /no file that matches "spec\/\*\*", "test\/same.test.js": correct "hidden", it changes src\/a.js/,
    )
  })

  it('if nothing is left for the reference', async () => {
    expect(String(await refusal(fix, ['**']))).toMatch(/nothing is left that solves the task/)
  })

  it('if it is the pin or lies before it', async () => {
    for (const commit of [pin, older]) {
      expect(String(await refusal(commit, ['**']))).toMatch(/is the pinned commit or lies before it/)
    }
  })

  it('if the mirror cannot get it', async () => {
    expect(await refusal('0'.repeat(40), ['**'])).toBeInstanceOf(InfraError)
  })

  it('if a link or a submodule is among the hidden files', async () => {
    symlinkSync('/etc/passwd', join(repository.path, 'link.test.js'))
    const withLink = repository.commit({ 'src/b.js': 'b\n' })
    expect(String(await refusal(withLink, ['**/*.test.js']))).toMatch(
      /links or submodules .*: link.test.js; leave them out/,
    )
    gitIn(repository.path, 'update-index', '--add', '--cacheinfo', `160000,${pin},test/module`)
    gitIn(repository.path, 'commit', '-q', '-m', 'submodule')
    const withModule = gitIn(repository.path, 'rev-parse', 'HEAD')
    expect(await refusal(withModule, ['test/**'])).toBeInstanceOf(InfraError)
    expect((await readFix(withModule, ['test/old.test.js'])).reference).not.toContain('Subproject')
  })
})
