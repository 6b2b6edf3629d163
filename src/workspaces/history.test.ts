import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PreparedSource } from '../contracts.ts'
import { exec } from '../util/exec.ts'
import { checkHistory } from './history.ts'
import { ensureCommit } from './mirror.ts'
import { gitIn, makePlace, makeRepository, nothingPlaced, sourceOf } from './testing/repository.ts'

const place = makePlace('history')
const past: string[] = []
const forbidden: Record<string, string> = {}
let pin: string

beforeAll(() => {
  const repository = makeRepository(join(place.root, 'repository'))
  const { path, commit } = repository
  const id = (name: string): string => gitIn(path, 'rev-parse', name)
  past.push(commit({ 'a.txt': 'one\n' }), commit({ 'a.txt': 'two\n', 'b/c.txt': 'c\n' }))
  gitIn(path, 'tag', '-a', '-m', 'old release', 'v0', past[0] ?? '')
  pin = commit({ 'a.txt': 'three\n' })
  gitIn(path, 'tag', '-a', '-m', 'release', 'v1')
  past.push(pin)
  forbidden['tag object'] = id('v1')
  forbidden['tag object of the past'] = id('v0')
  forbidden['later commit'] = commit({ 'a.txt': 'the fix\n' })
  forbidden['tree of it'] = id('HEAD^{tree}')
  forbidden['blob of it'] = id('HEAD:a.txt')
  gitIn(path, 'checkout', '-q', '-b', 'other', past[0] ?? '')
  forbidden['commit of another branch'] = commit({ 'other.txt': 'other\n' })
  gitIn(path, 'stash', 'list')
  writeFileSync(join(path, 'a.txt'), 'stashed\n')
  gitIn(path, 'stash')
  forbidden['stash'] = id('stash')
  forbidden['commit of the reflog'] = commit({ 'lost.txt': 'lost\n' })
  gitIn(path, 'reset', '-q', '--hard', 'HEAD~1')
  gitIn(path, 'notes', 'add', '-m', 'hint', pin)
  forbidden['note'] = id('refs/notes/commits')
})
afterAll(() => place.remove())

/** After the mirror has got the later commits, too. */
async function prepare(history: 'ancestors' | 'none'): Promise<PreparedSource> {
  const source = sourceOf(join(place.root, 'repository'), pin, { history })
  await ensureCommit(join(place.root, 'cache'), source.git, forbidden['later commit'] ?? '')
  return place.workspaces.prepare(source, exec)
}

const isReadable = (path: string, id: string): boolean => {
  try {
    gitIn(path, 'cat-file', '-e', id)
    return true
  } catch (error) {
    if (error instanceof Error && 'status' in error) return false
    throw error
  }
}

for (const history of ['ancestors', 'none'] as const) {
  describe(`a workspace with history "${history}"`, () => {
    it('has no object, ref or trace of anything but the pin and the past that is asked for', async () => {
      const workspace = await place.workspaces.create(await prepare(history), nothingPlaced)
      const { path } = workspace
      const readable = Object.entries(forbidden).filter(([, id]) => isReadable(path, id))
      expect(readable).toEqual([])
      const objects = gitIn(path, 'cat-file', '--batch-all-objects', '--batch-check=%(objectname)').split(
        '\n',
      )
      const allowed = gitIn(path, 'rev-list', '--objects', '--no-object-names', 'HEAD').split('\n')
      expect(objects.toSorted()).toEqual(allowed.toSorted())
      expect(gitIn(path, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main')
      expect(gitIn(path, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main')
      expect(gitIn(path, 'remote') + gitIn(path, 'reflog') + gitIn(path, 'stash', 'list')).toBe('')
      expect(
        readdirSync(join(path, '.git/objects/pack')).filter(name => name.endsWith('.pack')),
      ).toHaveLength(1)
      const traces = ['hooks', 'logs', 'objects/info/alternates', 'FETCH_HEAD', 'ORIG_HEAD', 'packed-refs']
      expect(traces.filter(name => existsSync(join(path, '.git', name)))).toEqual([])
      expect(gitIn(path, 'fsck', '--full', '--strict')).toBe('')
      await workspace.dispose()
    })

    it('is at the pinned files, clean, and an agent can commit in it', async () => {
      const workspace = await place.workspaces.create(await prepare(history), nothingPlaced)
      const { path } = workspace
      expect(gitIn(path, 'status', '--porcelain', '--ignored')).toBe('')
      expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('three\n')
      const log = gitIn(path, 'log', '--all', '--format=%H').split('\n')
      expect(log.filter(id => id === pin)).toHaveLength(history === 'ancestors' ? 1 : 0)
      expect(log).toHaveLength(history === 'ancestors' ? past.length : 1)
      gitIn(path, 'commit', '--allow-empty', '-q', '-m', 'mine')
      await workspace.dispose()
    })
  })
}

describe('the assertion over a built history', () => {
  it('fails for an object that is not in the past of HEAD', async () => {
    const workspace = await place.workspaces.create(await prepare('ancestors'), nothingPlaced)
    const gitDir = join(workspace.path, '.git')
    await expect(checkHistory(gitDir)).resolves.toBeUndefined()
    writeFileSync(join(place.root, 'extra'), 'extra')
    gitIn(workspace.path, 'hash-object', '-w', join(place.root, 'extra'))
    await expect(checkHistory(gitDir)).rejects.toThrow(/agents could see more than the pinned commit/)
  })

  it('fails for a second ref', async () => {
    const workspace = await place.workspaces.create(await prepare('ancestors'), nothingPlaced)
    gitIn(workspace.path, 'tag', 'extra')
    await expect(checkHistory(join(workspace.path, '.git'))).rejects.toThrow(/2 refs, expected/)
  })
})

it('history "none" gives the same commit each time, whatever the past', async () => {
  const [one, two] = [makePlace('one'), makePlace('two')]
  try {
    const heads = await Promise.all(
      [one, two].map(async ({ workspaces }) => {
        const source = sourceOf(join(place.root, 'repository'), pin, { history: 'none' })
        return gitIn((await workspaces.prepare(source, exec)).path, 'log', '-1', '--format=%H %ct %an %s')
      }),
    )
    expect(heads[0]).toBe(heads[1])
  } finally {
    one.remove()
    two.remove()
  }
})
