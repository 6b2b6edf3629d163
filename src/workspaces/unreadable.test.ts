import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeScript } from '../testing/other-process.ts'
import { makePlace, makeRepository, sourceOf } from './testing/repository.ts'

const program = `
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { exec } from './util/exec.ts'
import { copyWorkspaces } from './workspaces/copy.ts'
const [, , root, source, script] = process.argv
const workspaces = copyWorkspaces({ cacheRoot: join(root, 'cache'), workRoot: join(root, 'work') })
const prepared = await workspaces.prepare(JSON.parse(source), exec)
const workspace = await workspaces.create(prepared, { files: {}, strip: [] })
execFileSync('sh', ['-ec', script], { cwd: workspace.path })
const { changedFiles, linesAdded } = await workspace.capture()
await workspace.dispose()
console.log(JSON.stringify({ changedFiles, linesAdded, gone: !existsSync(workspace.path) }))
`

it('what an agent has made unreadable is captured all the same, and taken off the disk', async () => {
  const place = makePlace('unreadable')
  // Root can read everything, so it has to be somebody else.
  const uid = process.getuid?.() === 0 ? 65_534 : undefined
  const script = await makeScript(program, uid === undefined ? {} : { uid })
  try {
    const repository = makeRepository(join(place.root, 'repository'))
    const commit = repository.commit({
      'a.txt': 'a\n',
      'same.txt': 's\n',
      'dir/b.txt': 'b\n',
      'dir/c.txt': 'c\n',
    })
    if (uid !== undefined) execFileSync('chown', ['-R', String(uid), place.root])
    const agent = `echo more >>a.txt; echo d >dir/d.txt; rm dir/c.txt; mkdir -p new/er; echo n >new/er/n.txt; echo u >u.txt
      chmod 000 a.txt same.txt u.txt new/er dir; chmod 500 new; chmod 100 .`
    const output = await script.run(place.root, JSON.stringify(sourceOf(repository.path, commit)), agent)
    expect(JSON.parse(output)).toEqual({
      changedFiles: ['a.txt', 'dir/c.txt', 'dir/d.txt', 'new/er/n.txt', 'u.txt'],
      linesAdded: 4,
      gone: true,
    })
  } finally {
    script.remove()
    place.remove()
  }
})
