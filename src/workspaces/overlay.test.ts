import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Placement, PreparedSource, Workspace } from '../contracts.ts'
import { exec } from '../util/exec.ts'
import { folderDigest } from '../util/folder-size.ts'
import { findProgram, ownPath } from '../util/find-program.ts'
import { mounted, runMounted, whyNoOverlay } from '../util/overlay.ts'
import { overlayWorkspaces } from './overlay.ts'
import { copyWorkspaces } from './copy.ts'
import { randomEdits } from './testing/edits.ts'
import { makePlace, makeRepository, nothingPlaced, sourceOf, text } from './testing/repository.ts'

const place = makePlace('overlay')
const roots = { cacheRoot: join(place.root, 'cache'), workRoot: join(place.root, 'work') }
mkdirSync(roots.workRoot)
const copies = copyWorkspaces(roots)
const program = findProgram('fuse-overlayfs', ownPath())
const ways = await Promise.all(
  [
    { by: 'the kernel', fuse: null },
    ...(program === null ? [] : [{ by: 'fuse-overlayfs', fuse: program }]),
  ].map(async ({ by, fuse }) => {
    const whiteout = join(roots.workRoot, `whiteout by ${by}`)
    const missing = await whyNoOverlay(roots.workRoot, whiteout, fuse)
    return { by: `${by}${missing === null ? '' : ` (${missing})`}`, fuse, whiteout, missing }
  }),
)
let prepared: PreparedSource

beforeAll(async () => {
  const repository = makeRepository(join(place.root, 'repository'))
  const commit = repository.commit({
    'a.txt': 'a\n',
    'b.js': 'b\n',
    '.gitignore': '*.log\nbuild/\n',
    'forced.log': 'tracked although ignored\n',
    'src/a.txt': 'one\ntwo\n',
    'src/b.js': 'b\n',
    'src/deep/a.txt': 'deep\n',
    'src/deep/b.js': 'deep\n',
    'src/debug.log': 'tracked\n',
    'docs/new.md': 'old\n',
    'docs/sp ace': 'old\n',
    'd1/only': 'one file\n',
    'd2/x/y/z': 'far down\n',
    'conftest.py': 'ours\n',
  })
  prepared = await copies.prepare(sourceOf(repository.path, commit), exec)
})
afterAll(() => place.remove())

/** As an agent would, in the overlay. */
async function change(workspace: Workspace, script: string): Promise<void> {
  if (workspace.overlay) await runMounted(workspace.overlay, ['/bin/sh', '-c', script])
  else execFileSync('/bin/sh', ['-c', script], { cwd: workspace.path, stdio: 'ignore' })
}

function seen(workspace: Workspace, ...argv: string[]): string {
  const [program = '', ...args] = workspace.overlay ? mounted(workspace.overlay, argv) : argv
  return execFileSync(program, args, { cwd: workspace.path, stdio: ['ignore', 'pipe', 'pipe'] }).toString()
}

describe.each(ways)('an overlay workspace by $by', ({ fuse, whiteout, missing }) => {
  const overlays = overlayWorkspaces({ ...roots, whiteout, fuse })

  test.skipIf(missing !== null)(
    'gives the same patch as a copy, whatever is done to its files',
    async () => {
      for (let seed = 1; seed <= (fuse === null ? 40 : 15); seed += 1) {
        const script = randomEdits(seed)
        const [one, other] = await Promise.all(
          [overlays, copies].map(all => all.create(prepared, nothingPlaced)),
        )
        if (!one || !other) throw new Error('no workspace')
        await Promise.all([change(one, script), change(other, script)])
        const [patch, expected] = [await one.capture(), await other.capture()]
        expect(patch, `seed ${seed}:\n${script}`).toEqual(expected)

        const [again, copied] = await Promise.all(
          [overlays, copies].map(all => all.create(prepared, nothingPlaced)),
        )
        if (!again || !copied) throw new Error('no workspace')
        await again.apply(patch.text)
        await copied.apply(patch.text)
        const list = ['find', '.', '-path', './.git', '-prune', '-o', '-printf', '%p %y %l\\n']
        const sorted = (output: string): string[] => output.split('\n').toSorted()
        expect(sorted(seen(again, ...list)), `seed ${seed}:\n${script}`).toEqual(
          sorted(seen(copied, ...list)),
        )
        expect(await again.capture()).toEqual(expected)
        await Promise.all([one, other, again, copied].map(workspace => workspace.dispose()))
      }
    },
    120_000,
  )

  test.skipIf(missing !== null)(
    'costs a few empty folders, and its patch no git where nothing was changed',
    async () => {
      const workspace = await overlays.create(prepared, nothingPlaced)
      const folder = join(workspace.path, '..')
      await change(workspace, 'git status >/dev/null; ls')
      expect(readdirSync(folder).toSorted()).toEqual([...(fuse === null ? [] : ['upper']), 'work', 'ws'])
      expect(readdirSync(workspace.overlay?.upper ?? '')).toEqual(['.git'])
      await workspace.dispose()
      await vi.waitFor(() =>
        expect(readdirSync(join(folder, '..')).filter(name => name.includes('trash'))).toEqual([]),
      )
    },
  )

  test.skipIf(missing !== null)('takes repositories inside of it for plain files', async () => {
    const workspace = await overlays.create(prepared, nothingPlaced)
    await change(workspace, 'git init -q nested; echo x >nested/file; echo changed >a.txt')
    const patch = await workspace.capture()
    expect(patch.changedFiles).toEqual(['a.txt', 'nested/file'])
    await workspace.dispose()
  })

  test.skipIf(missing !== null)('does not wait for a pipe in the place of an ignore file', async () => {
    const workspace = await overlays.create(prepared, nothingPlaced)
    await change(
      workspace,
      'mkdir new; mkfifo new/.gitignore; echo x >new/file; rm .gitignore; mkfifo .gitignore',
    )
    const patch = await workspace.capture()
    expect(patch.changedFiles).toEqual(['.gitignore', 'new/file'])
    await workspace.dispose()
  })

  test.skipIf(missing !== null)('reads names that are no text, and names with line ends', async () => {
    const workspace = await overlays.create(prepared, nothingPlaced)
    await change(workspace, `printf x >"$(printf 'l\\344tin')"`)
    const odd = await workspace.capture()
    expect(odd.text).toContain('"a/l\\344tin"')
    const again = await overlays.create(prepared, nothingPlaced)
    await again.apply(odd.text)
    expect((await again.capture()).text).toBe(odd.text)
    await change(again, `printf y >"$(printf 'two\\nlines')"; rm -rf src; mkdir src; echo new >src/c`)
    const both = await again.capture()
    expect(both.text).toContain('"b/two\\nlines"')
    expect(both.changedFiles).toContain('src/deep/a.txt')
    await Promise.all([workspace.dispose(), again.dispose()])
  })

  test.skipIf(missing !== null)(
    'runs nothing that the agent left, and is not deceived by its git',
    async () => {
      const workspace = await overlays.create(prepared, nothingPlaced)
      const ran = join(place.root, 'ran')
      await change(
        workspace,
        `git config core.fsmonitor "touch ${ran}; false"; git config filter.x.clean "touch ${ran}; echo lie"
       echo '* filter=x diff=x' >.gitattributes; git update-index --assume-unchanged b.js; echo changed >b.js
       mkdir -p .git/hooks; echo '#!/bin/sh' >.git/hooks/post-index-change; echo touch ${ran} >>.git/hooks/post-index-change
       chmod +x .git/hooks/post-index-change; rm -f ${ran}`,
      )
      const { changedFiles, text: patch } = await workspace.capture()
      expect(changedFiles).toEqual(['.gitattributes', 'b.js'])
      expect(patch).toContain('+changed')
      expect(existsSync(ran)).toBe(false)
      await workspace.dispose()
    },
  )

  test.skipIf(missing !== null)(
    'has the files of a setup placed and committed, in a layer that its like share',
    async () => {
      const placement: Placement = {
        files: {
          'AGENTS.md': text('ours\n'),
          'debug.log': text('ignored, yet placed\n'),
          'src/run.sh': text('x\n', true),
        },
        strip: ['conftest.py', 'd1/**', 'docs/*'],
      }
      const [one, two, copy] = [
        await overlays.create(prepared, placement),
        await overlays.create(prepared, placement),
        await copies.create(prepared, placement),
      ]
      expect(one.overlay?.lower[0]).toBe(two.overlay?.lower[0])
      for (const workspace of [one, two]) {
        expect(seen(workspace, 'git', 'status', '--porcelain')).toBe('')
        expect(seen(workspace, 'git', 'rev-parse', 'HEAD')).toBe(seen(copy, 'git', 'rev-parse', 'HEAD'))
        expect(seen(workspace, 'ls')).toBe(seen(copy, 'ls'))
        expect((await workspace.capture()).text).toBe('')
      }
      await change(one, 'echo edited >AGENTS.md; rm debug.log; echo back >conftest.py')
      await change(copy, 'echo edited >AGENTS.md; rm debug.log; echo back >conftest.py')
      expect(await one.capture()).toEqual(await copy.capture())
      expect(seen(two, 'cat', 'AGENTS.md')).toBe('ours\n')
      await Promise.all([one, two, copy].map(workspace => workspace.dispose()))
    },
  )

  test.skipIf(missing !== null)('shows this process the same files as a command', async () => {
    const workspace = await overlays.create(prepared, nothingPlaced)
    await change(
      workspace,
      'rm docs/new.md; ln -s ../a.txt src/inside; ln -s /etc/passwd out; ln -s $PWD/b.js absolute; echo 1 >n',
    )
    const { files } = workspace
    const state = async (path: string): Promise<string> => (await files.locate(path)).state
    expect(await state('docs/new.md')).toBe('missing')
    expect(await state('src/inside')).toBe('there')
    expect(await state('absolute')).toBe('there')
    expect(await state('out')).toBe('outside')
    expect(await state('../x')).toBe('outside')
    expect((await files.read('src/deep/a.txt'))?.toString()).toBe('deep\n')
    await files.remove(['src', 'n'])
    await files.write({ 'src/deep/new': text('new\n'), 'out/under': text('no link is followed\n') })
    expect(seen(workspace, 'find', 'src', 'out', '-type', 'f')).toBe('src/deep/new\nout/under\n')
    await files.copy((await overlays.create(prepared, nothingPlaced)).files, ['src', 'docs/new.md', 'out'])
    expect(seen(workspace, 'cat', 'src/b.js', 'docs/new.md')).toBe('b\nold\n')
    await workspace.restore(['a.txt', 'nothing'])
    await workspace.dispose()
  })

  test.skipIf(missing !== null)('leaves the checkout as it was', async () => {
    const before = await folderDigest(prepared.path, [])
    const workspace = await overlays.create(prepared, nothingPlaced)
    await change(workspace, 'rm -rf ./* ./.git; echo gone >a.txt')
    expect((await workspace.capture()).changedFiles).toHaveLength(13)
    await workspace.dispose()
    expect(await folderDigest(prepared.path, [])).toBe(before)
  })
})
