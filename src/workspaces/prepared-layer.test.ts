import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PreparedSource, Workspace, Workspaces } from '../contracts.ts'
import type { Source } from '../model/suite.ts'
import { exec } from '../util/exec.ts'
import { folderDigest } from '../util/folder-size.ts'
import { runMounted, whyNoOverlay } from '../util/overlay.ts'
import { overlayWorkspaces } from './overlay.ts'
import { preparedKey } from './prepared-layer.ts'
import { gitIn, makePlace, makeRepository, nothingPlaced, sourceOf } from './testing/repository.ts'

const place = makePlace('prepared-layer')
const cacheRoot = join(place.root, 'cache')
let source: Source
let copies: Workspaces
let overlays: Workspaces
let noOverlays: string | null

beforeAll(async () => {
  const repository = makeRepository(join(place.root, 'repository'))
  symlinkSync('a.txt', join(repository.path, 'link'))
  const commit = repository.commit({
    'a.txt': 'a\n',
    'folder/one.txt': '1\n',
    'folder/two.txt': '2\n',
    'rebuilt/old.txt': 'old\n',
    'rebuilt/in/deep.txt': 'deep\n',
    'becomes-file/x.txt': 'x\n',
    'becomes-folder': 'file\n',
    'tool.sh': '#!/bin/sh\n',
    '.gitignore': 'deps/\n',
  })
  source = sourceOf(repository.path, commit)
  const workRoot = join(place.root, 'work')
  mkdirSync(workRoot)
  const whiteout = join(workRoot, 'whiteout')
  noOverlays = await whyNoOverlay(workRoot, whiteout)
  copies = place.workspaces
  overlays = overlayWorkspaces({ cacheRoot, workRoot, whiteout, fuse: null })
})
afterAll(() => place.remove())

const prepare = (commands: string[], more: Partial<Source> = {}): Promise<PreparedSource> =>
  copies.prepare({ ...source, ...more, prepare: commands }, exec)

type Seen = Pick<Workspace, 'path' | 'overlay'>

/** Digest of all files as commands see them, without `.git`, and with the modes of folders. */
async function seenIn({ path, overlay }: Seen): Promise<string> {
  const copy = join(path, '../seen')
  mkdirSync(copy)
  if (overlay) await runMounted(overlay, ['cp', '-a', './.', copy])
  else execFileSync('cp', ['-a', './.', copy], { cwd: path })
  const modes = execFileSync('sh', ['-c', 'find . -name .git -prune -o -printf "%m %p\\n" | sort'], {
    cwd: copy,
  })
  return `${await folderDigest(copy, ['.git'])}\n${modes}`
}

/** What the commands do in a plain clone. */
function plainly(commands: string[]): Seen {
  const path = join(place.root, `plain-${Math.random()}`, 'ws')
  gitIn(place.root, 'clone', '-q', source.git, path)
  for (const command of commands) execFileSync('sh', ['-c', command], { cwd: path })
  return { path, overlay: null }
}

describe('what prepare leaves', () => {
  it('lies over a checkout that all commands share, and holds nothing of it', async () => {
    const [none, one, other] = [
      await prepare([]),
      await prepare(['mkdir deps; echo 1 >deps/x']),
      await prepare(['mkdir deps; echo 2 >deps/x']),
    ]
    expect(new Set([none.path, one.path, other.path]).size).toBe(1)
    expect(none.layer).toBe(null)
    expect(one.layer).not.toBe(other.layer)
    expect(readdirSync(one.layer ?? '', { recursive: true })).toEqual(['deps', 'deps/x'])
    expect(existsSync(join(one.path, 'deps'))).toBe(false)
    expect(readdirSync(join(cacheRoot, 'checkouts'))).toHaveLength(1)
  })

  it('is shared by all addresses of a repository, but not by a checkout without history', async () => {
    gitIn(place.root, 'clone', '-q', source.git, 'twin')
    const [here, there, withoutPast] = [
      await prepare(['git log >deps.txt']),
      await prepare(['git log >deps.txt'], { git: join(place.root, 'twin') }),
      await prepare(['git log >deps.txt'], { history: 'none' }),
    ]
    expect(there.path).not.toBe(here.path)
    expect(there.layer).toBe(here.layer)
    expect(withoutPast.layer).not.toBe(here.layer)
    const workspace = await copies.create(there, nothingPlaced)
    expect(gitIn(workspace.path, 'status', '--porcelain')).toBe('')
  })

  it.each([
    ['new files', ['mkdir -p deps/in; echo x >deps/in/x; echo y >new.txt']],
    ['changed files', ['echo b >a.txt; chmod +x tool.sh; echo 3 >>folder/two.txt']],
    ['removed files and folders', ['rm -r a.txt folder/one.txt rebuilt']],
    ['a folder made anew', ['rm -r rebuilt; mkdir -p rebuilt/in; echo new >rebuilt/in/new.txt']],
    ['an emptied folder', ['rm -r folder/*; touch deps.txt']],
    [
      'a folder in the place of a file',
      ['rm becomes-folder; mkdir becomes-folder; echo x >becomes-folder/x'],
    ],
    ['a file in the place of a folder', ['rm -r becomes-file; echo x >becomes-file']],
    ['a file in the place of a link', ['rm link; echo x >link']],
    ['a link in the place of a folder', ['rm -r folder; ln -s rebuilt folder']],
    ['other modes', ['chmod 555 folder; chmod 444 a.txt']],
    [
      'the same size and time as before',
      ['touch -r a.txt deps; echo b >a.txt; touch -r deps a.txt; rm deps'],
    ],
    ['nothing', ['true']],
  ])('is seen as the commands made it: %s', async (_what, commands) => {
    const prepared = await prepare(commands)
    const expected = await seenIn(plainly(commands))
    const workspaces = [copies, ...(noOverlays === null ? [overlays] : [])]
    for (const made of workspaces) {
      const workspace = await made.create(prepared, nothingPlaced)
      expect({ kind: made.kind, seen: await seenIn(workspace) }).toEqual({ kind: made.kind, seen: expected })
      expect(await workspace.capture()).toMatchObject({ text: '' })
      await workspace.dispose()
    }
  })

  it('is made anew for another setting of a package manager, but not for another address, path or password', () => {
    const keyWith = (host: NodeJS.ProcessEnv): string =>
      preparedKey({ ...source, prepare: ['true'] }, null, { PATH: '/bin', ...host })
    const key = keyWith({})
    expect(keyWith({ npm_config_omit: 'dev' })).not.toBe(key)
    expect(keyWith({ npm_config_registry: 'https://packages.example' })).toBe(key)
    expect(keyWith({ NPM_CONFIG__AUTHTOKEN: 'secret' })).toBe(key)
    expect(keyWith({ PIP_CACHE_DIR: '/elsewhere' })).toBe(key)
    expect(keyWith({ MY_VARIABLE: 'x' })).toBe(key)
  })
})

describe('prepareReads', () => {
  const reads = (commands: string[], more: Partial<Source> = {}): Promise<PreparedSource> =>
    prepare(commands, { prepareReads: ['folder/*.txt', 'a.txt'], ...more })

  it('shows the commands these files only, and shares what they leave with commits that have the same', async () => {
    const repository = makeRepository(join(place.root, 'repository'))
    const later = repository.commit({ 'tool.sh': '#!/bin/sh\necho later\n' })
    const other = repository.commit({ 'folder/one.txt': 'another\n' })
    const commands = [
      'mkdir deps; : >deps/seen; find . -type f | sort >deps/seen; cat folder/one.txt >deps/one',
    ]
    const [first, second, third] = [
      await reads(commands),
      await reads(commands, { commit: later, history: 'none' }),
      await reads(commands, { commit: other }),
    ]
    expect(second.layer).toBe(first.layer)
    expect(third.layer).not.toBe(first.layer)
    expect(second.key).not.toBe(first.key)
    for (const workspaces of [copies, ...(noOverlays === null ? [overlays] : [])]) {
      const workspace = await workspaces.create(second, nothingPlaced)
      const seen = await workspace.files.read('deps/seen')
      expect(seen?.toString()).toBe(
        './.gitignore\n./a.txt\n./deps/seen\n./folder/one.txt\n./folder/two.txt\n',
      )
      expect((await workspace.files.read('tool.sh'))?.toString()).toContain('later')
      await workspace.files.remove(['.gitignore'])
      expect((await workspace.capture()).changedFiles).toEqual(['.gitignore'])
      await workspace.dispose()
    }
  })

  it('is refused where the commands change what git knows, or would hide it in another commit', async () => {
    const repository = makeRepository(join(place.root, 'repository'))
    const tracks = repository.commit({ 'deps/made.txt': 'tracked\n', 'folder/one.txt': '1\n' })
    await expect(reads(['echo x >>a.txt; echo y >new.txt'])).rejects.toThrow(
      /changed or left a\.txt, new\.txt\./,
    )
    await expect(reads(['rm a.txt'])).rejects.toThrow(/changed or left a\.txt/)
    await expect(reads(['true'], { prepareReads: ['nothing.lock'] })).rejects.toThrow('names nothing.lock')
    const prepared = await reads(['mkdir deps; echo mine >deps/made.txt'])
    await expect(
      reads(['mkdir deps; echo mine >deps/made.txt'], { commit: tracks }).then(other =>
        copies.create(other, nothingPlaced),
      ),
    ).rejects.toThrow('prepare makes deps/made.txt, which the commit holds, too')
    await copies.create(prepared, nothingPlaced)
  })
})
