import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeScript, type Script } from '../testing/other-process.ts'
import { exec } from '../util/exec.ts'
import { gitIn, makePlace, makeRepository, nothingPlaced, sourceOf } from './testing/repository.ts'

const place = makePlace('concurrency')
let script: Script
let repository: string
let commit: string

/** Prepares and copies as a run would, in a process of its own. */
const program = `
import { join } from 'node:path'
import { exec } from './util/exec.ts'
import { copyWorkspaces } from './workspaces/copy.ts'
import { openWorkRoot } from './workspaces/work-root.ts'
const [, , root, source, copies] = process.argv
const work = await openWorkRoot(join(root, 'shared-work'))
const workspaces = copyWorkspaces({ cacheRoot: join(root, 'cache'), workRoot: work.path })
const prepared = await workspaces.prepare(JSON.parse(source), exec)
const patches = await Promise.all(Array.from({ length: Number(copies) }, async () => {
  const placement = { files: { 'x.txt': { encoding: 'utf8', data: 'x', executable: false } }, strip: [] }
  const workspace = await workspaces.create(prepared, placement)
  return (await workspace.capture()).text
}))
await work.close()
console.log(JSON.stringify({ path: prepared.path, patches }))
`

beforeAll(async () => {
  const made = makeRepository(join(place.root, 'repository'))
  repository = made.path
  commit = made.commit(
    Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`d/${index}.txt`, `${index}\n`])),
  )
  script = await makeScript(program)
})
afterAll(() => {
  script.remove()
  place.remove()
})

describe('at the same time', () => {
  it('four prepares and eight workspaces in each of two processes work, and commands run once', async () => {
    const count = join(place.root, 'count')
    const source = JSON.stringify(
      sourceOf(repository, commit, { prepare: [`echo x >>${count}; sleep 0.3; echo y >left.txt`] }),
    )
    const outputs = await Promise.all(
      Array.from({ length: 4 }, (_, index) => script.run(place.root, source, index < 2 ? '8' : '0')),
    )
    const results = outputs.map((output): unknown => JSON.parse(output))
    const path = expect.stringContaining(join(place.root, 'cache/checkouts'))
    const clean = { path, patches: Array.from({ length: 8 }, () => '') }
    expect(results).toEqual([clean, clean, { path, patches: [] }, { path, patches: [] }])
    expect(readFileSync(count, 'utf8')).toBe('x\n')
    expect(readdirSync(join(place.root, 'shared-work'))).toEqual([])
  })
})

describe('a process that is killed', () => {
  it('while it prepares leaves nothing that keeps the next one from success', async () => {
    const begun = join(place.root, 'begun')
    // The first time it never ends; were it half-made, the second would find its traces.
    const command = `test ! -e trace && touch trace && { test -e ${begun} || { touch ${begun}; sleep 60; }; }`
    const source = sourceOf(repository, commit, { prepare: [command] })
    const child = script.start(place.root, JSON.stringify(source), '0')
    while (!existsSync(begun)) await delay(20)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const prepared = await place.workspaces.prepare(source, exec)
    expect(gitIn(prepared.path, 'rev-parse', 'HEAD')).toBe(commit)
    expect(readdirSync(join(prepared.path, '..')).toSorted()).toEqual(['base.git', 'record.json', 'ws'])
    expect(readdirSync(join(place.root, 'cache/checkouts')).filter(name => name.includes('-'))).toEqual([])
  })

  it('at any moment of a first use leaves no checkout that is not whole', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 5; round++) {
      const target = makePlace('killed')
      try {
        const source = sourceOf(repository, commit, { prepare: ['echo x >left.txt'] })
        const child = script.start(target.root, JSON.stringify(source), '2')
        await delay(80 + round * 70)
        child.kill('SIGKILL')
        await once(child, 'exit')
        const prepared = await target.workspaces.prepare(source, exec)
        const workspace = await target.workspaces.create(prepared, nothingPlaced)
        expect(gitIn(workspace.path, 'status', '--porcelain')).toBe('')
        expect(readFileSync(join(workspace.path, 'left.txt'), 'utf8')).toBe('x\n')
        writeFileSync(join(workspace.path, 'd/7.txt'), 'changed\n')
        expect((await workspace.capture()).changedFiles).toEqual(['d/7.txt'])
      } finally {
        target.remove()
      }
    }
  })
})
