import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { writePassingGitDir } from './git-dir.ts'
import { writePack } from './git-pack.ts'
import { git, gitText } from './git.ts'

const root = mkdtempSync(join(tmpdir(), 'git-pack-'))
afterAll(() => rmSync(root, { recursive: true }))

test.each([40, 64])(
  'git reads a pack of ids with %i digits, and finds nothing wrong with it',
  async idLength => {
    const gitDir = join(root, String(idLength))
    writePassingGitDir(gitDir, { bare: true, idLength })
    const large = Buffer.alloc(3_000_000, 'some more of it ')
    async function* pieces(): AsyncGenerator<Buffer> {
      for (let at = 0; at < large.length; at += 700_000) yield large.subarray(at, at + 700_000)
    }
    const ids = await writePack(gitDir, { name: 'one', count: 5, idLength }, async pack => {
      const [empty, small, streamed] = [
        pack.add('blob', Buffer.alloc(0)),
        pack.add('blob', Buffer.from('x'.repeat(300))),
        await pack.addStream('blob', large.length, pieces()),
      ]
      const entries = { empty, small, streamed }
      const tree = Object.entries(entries).map(([name, id]) =>
        Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(id, 'hex')]),
      )
      return {
        ...entries,
        tree: pack.add('tree', Buffer.concat(tree)),
        none: pack.add('tree', Buffer.alloc(0)),
      }
    })
    const [name = ''] = readdirSync(join(gitDir, 'objects/pack')).filter(each => each.endsWith('.idx'))
    await git(['verify-pack', join(gitDir, 'objects/pack', name)], { gitDir })
    await git(['fsck', '--strict', ids.tree], { gitDir })
    expect((await git(['cat-file', 'blob', ids.streamed], { gitDir })).equals(large)).toBe(true)
    expect(await gitText(['ls-tree', '--name-only', ids.tree], { gitDir })).toBe('empty\nsmall\nstreamed')
    expect(await gitText(['ls-tree', ids.none], { gitDir })).toBe('')
  },
)

test('a pack whose objects are fewer than was said is no pack', async () => {
  const gitDir = join(root, 'fewer')
  writePassingGitDir(gitDir, { bare: true })
  const written = writePack(gitDir, { name: 'one', count: 2, idLength: 40 }, async ({ add }) =>
    add('blob', Buffer.from('alone')),
  )
  await expect(written).rejects.toThrow('1 objects in a pack of 2')
})
