import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Patch, PreparedSource } from '../contracts.ts'
import { patchOf as patchOfSample, prepareSample } from './testing/patches.ts'
import { diffTrees } from './diff-trees.ts'
import { gitIn, makePlace, nothingPlaced, writeFiles } from './testing/repository.ts'

const place = makePlace('capture')
let prepared: PreparedSource

beforeAll(async () => {
  prepared = await prepareSample(place)
})
afterAll(() => place.remove())

const patchOf = (change: (path: string) => void): Promise<Patch> => patchOfSample(place, prepared, change)

describe('the patch of a workspace', () => {
  it('is empty when nothing changed', async () => {
    expect(await patchOf(() => {})).toEqual({ text: '', changedFiles: [], linesAdded: 0, linesRemoved: 0 })
  })

  it('holds edits, new, removed, moved, binary and executable files', async () => {
    const patch = await patchOf(path => {
      writeFiles(path, { 'a.txt': 'one\n2\nthree\n', 'new/x.txt': 'x\n', 'dir/c.txt': null })
      writeFileSync(join(path, 'image.bin'), Buffer.from([0, 255, 254, 10, 13]))
      renameSync(join(path, 'dir/deep'), join(path, 'moved'))
      chmodSync(join(path, 'run.sh'), 0o755)
    })
    expect(patch.changedFiles).toEqual([
      'a.txt',
      'dir/c.txt',
      'dir/deep/d.txt',
      'image.bin',
      'moved/d.txt',
      'new/x.txt',
      'run.sh',
    ])
    expect(patch).toMatchObject({ linesAdded: 3, linesRemoved: 3 })
    expect(patch.text).toContain('old mode 100644\nnew mode 100755')
  })

  it('obeys .gitignore, also a new one, but holds edits of tracked files that are ignored', async () => {
    const patch = await patchOf(path => {
      writeFiles(path, {
        'x.log': 'ignored',
        'build/out': 'ignored',
        'forced.log': 'edited\n',
        'sub/.gitignore': '*.tmp\n',
        'sub/y.tmp': 'ignored',
        'sub/y.txt': 'y\n',
      })
    })
    expect(patch.changedFiles).toEqual(['forced.log', 'sub/.gitignore', 'sub/y.txt'])
  })

  it('keeps files that are no UTF-8 byte for byte', async () => {
    const names = [
      'latin.txt',
      'odd *[x]? "quoted".txt',
      '-dash',
      'new\nline',
      'grün',
      'back\\slash',
      ' space ',
      ':(top)x',
    ]
    const content = Buffer.from('gr\xfcn\nline\n', 'latin1')
    const patch = await patchOf(path =>
      writeFiles(path, Object.fromEntries(names.map(name => [name, content]))),
    )
    expect(patch.changedFiles.toSorted()).toEqual(names.toSorted())
    expect(patch.text.match(/GIT binary patch/g)).toHaveLength(names.length)
  })

  it('keeps names that are no UTF-8, and text beside other text stays text', async () => {
    const workspace = await place.workspaces.create(prepared, nothingPlaced)
    const odd = (root: string): Buffer =>
      Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x66, 0xff, 0xfe])])
    writeFileSync(odd(workspace.path), Buffer.from([0xff, 0x0a]))
    writeFileSync(join(workspace.path, 'a.txt'), 'text\n')
    const patch = await workspace.capture()
    expect(patch.text).toContain('+text')
    const other = await place.workspaces.create(prepared, nothingPlaced)
    await other.apply(patch.text)
    expect(readFileSync(odd(other.path))).toEqual(Buffer.from([0xff, 0x0a]))
    expect(await other.capture()).toEqual(patch)
  })

  it('holds more than ten thousand new files', { timeout: 120_000 }, async () => {
    const workspace = await place.workspaces.create(prepared, nothingPlaced)
    for (let folder = 0; folder < 101; folder++) {
      mkdirSync(join(workspace.path, `many/${folder}`), { recursive: true })
      for (let file = 0; file < 100; file++)
        writeFileSync(join(workspace.path, `many/${folder}/${file}`), `${file}\n`)
    }
    expect((await workspace.capture()).changedFiles).toHaveLength(10_100)
    await workspace.dispose()
  })

  it('refuses a patch that is too large', async () => {
    const workspace = await place.workspaces.create(prepared, nothingPlaced)
    writeFileSync(join(workspace.path, 'new.txt'), 'x'.repeat(2000))
    gitIn(workspace.path, 'add', '-A')
    const [from = '', to = ''] = [
      gitIn(workspace.path, 'rev-parse', 'HEAD^{tree}'),
      gitIn(workspace.path, 'write-tree'),
    ]
    const gitDir = join(workspace.path, '.git')
    await expect(diffTrees(gitDir, from, to, 1000)).rejects.toThrow(/patch is larger than .*\.gitignore/)
    expect((await diffTrees(gitDir, from, to, 100_000)).linesAdded).toBe(1)
    execFileSync('truncate', ['-s', '2G', join(workspace.path, 'sparse')])
    await expect(workspace.capture()).rejects.toThrow(/new files .* hold more than 1000 MB, .* sparse/)
    await workspace.dispose()
  })
})

describe('capturing', () => {
  it('gives what plain git gives, on random edits', { timeout: 120_000 }, async () => {
    const next = numbers(20_260_101)
    for (let round = 0; round < 40; round++) {
      const workspace = await place.workspaces.create(prepared, nothingPlaced)
      const { path } = workspace
      for (let edit = next(6); edit >= 0; edit--) randomEdit(path, next)
      const patch = await workspace.capture()
      gitIn(path, 'add', '-A')
      const plain = gitIn(path, 'diff', '--cached', '--binary', '--full-index', '--no-renames')
      expect(patch.text.trimEnd()).toBe(plain)
      await workspace.dispose()
    }
  })
})

/** Whole numbers from 0 up to a limit, the same ones each time (a linear congruential generator). */
function numbers(seed: number): (limit: number) => number {
  let state = seed
  return limit => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

function randomEdit(root: string, next: (limit: number) => number): void {
  const paths = [
    'a.txt',
    'b.txt',
    'dir/c.txt',
    'dir/deep/d.txt',
    'run.sh',
    'x',
    'y/z',
    'dir',
    'new/é',
    'q.log',
    '.gitignore',
  ]
  const path = paths[next(paths.length)] ?? 'x'
  const target = join(root, path)
  const edits: (() => void)[] = [
    () => writeFiles(root, { [path]: `${'line\n'.repeat(next(5))}${next(100)}` }),
    () => writeFiles(root, { [path]: Buffer.from([0, next(256), next(256)]) }),
    () => writeFiles(root, { [path]: null }),
    () => writeFiles(root, { [`${path}/below`]: `${next(10)}\n` }),
    () => {
      writeFiles(root, { [path]: '' })
      rmSync(target)
      symlinkSync(next(2) === 0 ? 'a.txt' : '/nowhere', target)
    },
    () => existsSync(target) && chmodSync(target, 0o755),
  ]
  try {
    edits[next(edits.length)]?.()
  } catch (error) {
    // A file or link may stand where this edit wants a folder.
    if (!(error instanceof Error && 'code' in error)) throw error
  }
  if (next(8) === 0) rmSync(join(root, 'dir'), { recursive: true, force: true })
  // A link there would lead later edits out of the folder.
  if (
    ['x', 'y', 'new', 'dir'].includes(path) &&
    lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink()
  ) {
    rmSync(target)
  }
}
