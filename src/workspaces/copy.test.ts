import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Placement, PreparedSource } from '../contracts.ts'
import { exec } from '../util/exec.ts'
import {
  gitIn,
  makePlace,
  makeRepository,
  nothingPlaced,
  sourceOf,
  text,
  type TestRepository,
} from './testing/repository.ts'

const place = makePlace('copy')
let repository: TestRepository
let prepared: PreparedSource

beforeAll(async () => {
  repository = makeRepository(join(place.root, 'repository'))
  const commit = repository.commit({
    'a.txt': 'a\n',
    'CLAUDE.md': 'theirs\n',
    'docs/CLAUDE.md': 'theirs\n',
    'docs/only/rules.mdc': 'theirs\n',
    '.gitignore': 'AGENTS.md\n.agent/\n*.log\n',
  })
  prepared = await place.workspaces.prepare(sourceOf(repository.path, commit), exec)
})
afterAll(() => place.remove())

const placement: Placement = {
  files: {
    'AGENTS.md': text('ours\n'),
    '.agent/skills/x/SKILL.md': text('skill\n'),
    '.agent/skills/x/run.sh': text('#!/bin/sh\n', true),
    'a.txt': text('A\n'),
    'bytes.bin': { encoding: 'base64', data: 'AP8=', executable: false },
  },
  strip: ['**/CLAUDE.md', 'docs/only/**'],
}

describe('a fresh workspace', () => {
  it('is private, and nothing in it is shared with another one', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => place.workspaces.create(prepared, nothingPlaced)))
    expect(statSync(join(one?.path ?? '', '..')).mode & 0o777).toBe(0o700)
    writeFileSync(join(one?.path ?? '', 'a.txt'), 'changed\n', { flag: 'r+' })
    expect(readFileSync(join(two?.path ?? '', 'a.txt'), 'utf8')).toBe('a\n')
    expect(readFileSync(join(prepared.path, 'a.txt'), 'utf8')).toBe('a\n')
    const objects = join('.git/objects/pack', readdirSync(join(prepared.path, '.git/objects/pack'))[0] ?? '')
    expect(statSync(join(one?.path ?? '', objects)).ino).not.toBe(statSync(join(prepared.path, objects)).ino)
  })

  it('has the placed files committed, also ignored ones, and git status is clean', async () => {
    const workspace = await place.workspaces.create(prepared, placement)
    const { path } = workspace
    expect(gitIn(path, 'status', '--porcelain')).toBe('')
    expect(gitIn(path, 'show', '--format=%an %s', '--name-status', '--no-renames', 'HEAD')).toBe(
      [
        'agent-eval agent-eval: workspace\n',
        'A\t.agent/skills/x/SKILL.md',
        'A\t.agent/skills/x/run.sh',
        'A\tAGENTS.md',
        'D\tCLAUDE.md',
        'M\ta.txt',
        'A\tbytes.bin',
        'D\tdocs/CLAUDE.md',
        'D\tdocs/only/rules.mdc',
      ].join('\n'),
    )
    expect(existsSync(join(path, 'docs'))).toBe(false)
    expect(statSync(join(path, '.agent/skills/x/run.sh')).mode & 0o111).not.toBe(0)
    expect(readFileSync(join(path, 'bytes.bin'))).toEqual(Buffer.from([0, 255]))
    expect((await workspace.capture()).text).toBe('')
  })

  it('has the same commit each time', async () => {
    const heads = await Promise.all(
      Array.from({ length: 4 }, async () =>
        gitIn((await place.workspaces.create(prepared, placement)).path, 'rev-parse', 'HEAD'),
      ),
    )
    expect(new Set(heads).size).toBe(1)
  })

  it('has no further commit if the placed files are what is there', async () => {
    const same: Placement = { files: { 'a.txt': text('a\n') }, strip: ['no-such-file'] }
    const workspace = await place.workspaces.create(prepared, same)
    expect(gitIn(workspace.path, 'rev-parse', 'HEAD')).toBe(prepared.source.commit)
  })

  it('takes changes of placed files for the work of the agent, and applies them over the same placement', async () => {
    const workspace = await place.workspaces.create(prepared, placement)
    writeFileSync(join(workspace.path, 'AGENTS.md'), 'edited\n')
    writeFileSync(join(workspace.path, 'CLAUDE.md'), 'again\n')
    const patch = await workspace.capture()
    expect(patch.changedFiles).toEqual(['AGENTS.md', 'CLAUDE.md'])
    const other = await place.workspaces.create(prepared, placement)
    await other.apply(patch.text)
    expect(readFileSync(join(other.path, 'AGENTS.md'), 'utf8')).toBe('edited\n')
    const bare = await place.workspaces.create(prepared, nothingPlaced)
    await expect(bare.apply(patch.text)).rejects.toThrow(/does not apply/)
  })

  it('that cannot be copied says so, and leaves nothing', async () => {
    const missing = { ...prepared, path: join(place.root, 'gone/ws') }
    const before = readdirSync(join(place.root, 'work'))
    cpSync(join(prepared.path, '../record.json'), join(place.root, 'gone/record.json'))
    await expect(place.workspaces.create(missing, nothingPlaced)).rejects.toThrow(
      /cannot copy .*gone\/ws to .*No such file/,
    )
    // Folders come off the disk in the background.
    await vi.waitFor(() => expect(readdirSync(join(place.root, 'work'))).toEqual(before))
  })

  it('is off the disk after dispose, however the agent left it', async () => {
    const workspace = await place.workspaces.create(prepared, nothingPlaced)
    mkdirSync(join(workspace.path, 'locked/in'), { recursive: true, mode: 0o700 })
    symlinkSync(prepared.path, join(workspace.path, 'locked/in/link'))
    gitIn(workspace.path, 'gc', '-q')
    for (const path of ['locked/in', 'locked', '']) chmodSync(join(workspace.path, path), 0)
    await workspace.dispose()
    await workspace.dispose()
    expect(existsSync(workspace.path)).toBe(false)
    expect(existsSync(join(prepared.path, 'a.txt'))).toBe(true)
    const trash = (): string[] => readdirSync(join(place.root, 'work')).filter(name => name.includes('trash'))
    await vi.waitFor(() => expect(trash()).toEqual([]), { timeout: 5000 })
  })
})

describe('a repository with unusual content', () => {
  it('gives submodules as empty folders, and what an agent puts there is in the patch', async () => {
    const inner = makeRepository(join(place.root, 'inner'))
    const pinned = inner.commit({ x: 'x\n' })
    gitIn(repository.path, 'update-index', '--add', '--cacheinfo', `160000,${pinned},modules/inner`)
    writeFileSync(
      join(repository.path, '.gitmodules'),
      `[submodule "inner"]\npath = modules/inner\nurl = ${inner.path}\n`,
    )
    gitIn(repository.path, 'add', '.gitmodules')
    gitIn(repository.path, 'commit', '-q', '-m', 'submodule')
    const source = sourceOf(repository.path, gitIn(repository.path, 'rev-parse', 'HEAD'))
    for (const prepare of [[], [`git -c protocol.file.allow=always submodule update -q --init`]]) {
      const ready = await place.workspaces.prepare({ ...source, prepare }, exec)
      const workspace = await place.workspaces.create(ready, {
        files: { 'new.txt': text('new\n') },
        strip: [],
      })
      expect(readdirSync(join(workspace.path, 'modules/inner'))).toEqual(prepare.length === 0 ? [] : ['x'])
      expect(gitIn(workspace.path, 'status', '--porcelain')).toBe('')
      expect((await workspace.capture()).text).toBe('')
      writeFileSync(join(workspace.path, 'modules/inner/x'), 'agent\n')
      const patch = await workspace.capture()
      expect(patch.changedFiles).toEqual(['modules/inner/x'])
      const other = await place.workspaces.create(ready, { files: { 'new.txt': text('new\n') }, strip: [] })
      await other.apply(patch.text)
      expect(readFileSync(join(other.path, 'modules/inner/x'), 'utf8')).toBe('agent\n')
    }
  })

  it('gives links as links, LFS files as pointers, runs no filter, and converts line ends as git does', async () => {
    const odd = makeRepository(join(place.root, 'odd'))
    writeFileSync(
      join(odd.path, '.gitattributes'),
      '*.bin filter=lfs diff=lfs -text\n*.bat text eol=crlf\n*.id ident\n',
    )
    symlinkSync('/etc/hostname', join(odd.path, 'absolute'))
    symlinkSync('nowhere', join(odd.path, 'broken'))
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n'
    const names = {
      'x.bin': pointer,
      'run.bat': 'echo\n',
      'v.id': '$Id$\n',
      'new\nline "x" é': 'odd\n',
      'con.txt': 'x',
    }
    const ready = await place.workspaces.prepare(sourceOf(odd.path, odd.commit(names)), exec)
    const workspace = await place.workspaces.create(ready, { files: { y: text('y\n') }, strip: [] })
    const { path } = workspace
    expect(readlinkSync(join(path, 'absolute'))).toBe('/etc/hostname')
    expect(readlinkSync(join(path, 'broken'))).toBe('nowhere')
    expect(readFileSync(join(path, 'x.bin'), 'utf8')).toBe(pointer)
    expect(readFileSync(join(path, 'run.bat'), 'utf8')).toBe('echo\r\n')
    expect(readFileSync(join(path, 'v.id'), 'utf8')).toMatch(/^\$Id: [0-9a-f]{40} \$\n$/)
    expect(readFileSync(join(path, 'new\nline "x" é'), 'utf8')).toBe('odd\n')
    expect(gitIn(path, 'status', '--porcelain')).toBe('')
    expect((await workspace.capture()).text).toBe('')
    writeFileSync(join(path, 'run.bat'), 'echo\r\nmore\r\n')
    const patch = await workspace.capture()
    expect(patch).toMatchObject({ changedFiles: ['run.bat'], linesAdded: 1, linesRemoved: 0 })
    const other = await place.workspaces.create(ready, { files: { y: text('y\n') }, strip: [] })
    await other.apply(patch.text)
    expect(readFileSync(join(other.path, 'run.bat'), 'utf8')).toBe('echo\r\nmore\r\n')
  })
})
