import { chmod, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InfraError } from '../errors.ts'
import { sandboxes } from './index.ts'

let root: string
let home: string
const homeBefore = process.env['HOME']

const put = async (path: string, text: string): Promise<string> => {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
  await chmod(join(root, path), 0o755)
  return join(root, path)
}
const link = async (path: string, target: string): Promise<string> => {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await symlink(target, join(root, path))
  return join(root, path)
}
/** An agent of two files, that also looks for what it must not see. */
const agent = (library: string): string =>
  `#!/bin/sh\ncat "$(dirname "$(readlink -f "$0")")/${library}"; cat ${home}/.ssh/id ${home}/.local/share/keyring ${home}/project/evals/hidden 2>/dev/null; true\n`

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'agent-eval-installation-')))
  home = join(root, 'home')
  process.env['HOME'] = home
  for (const path of [
    'home/.ssh/id',
    'home/.local/share/keyring',
    'home/project/evals/hidden',
    'home/project/.git/x',
  ])
    await put(path, 'SECRET\n')
  await mkdir(join(root, 'work/space'), { recursive: true })
})
afterAll(async () => {
  if (homeBefore === undefined) delete process.env['HOME']
  else process.env['HOME'] = homeBefore
  await rm(root, { recursive: true, force: true })
})

const places: [string, () => Promise<{ command: string[]; path?: string }>][] = [
  [
    'by a version manager that puts a folder of its own on the PATH',
    async () => {
      await put('home/.nvm/versions/node/v20/lib/node_modules/agent/library', 'ran\n')
      const program = await put('home/.nvm/versions/node/v20/lib/node_modules/agent/cli', agent('library'))
      await link('home/.nvm/versions/node/v20/bin/agent', program)
      return { command: ['agent'], path: join(home, '.nvm/versions/node/v20/bin') }
    },
  ],
  [
    'in ~/.local/bin, as a link to where its versions are kept',
    async () => {
      await put('home/.local/share/agent/versions/1.0/library', 'ran\n')
      await link(
        'home/.local/bin/local-agent',
        await put('home/.local/share/agent/versions/1.0/agent', agent('library')),
      )
      return { command: ['local-agent'], path: join(home, '.local/bin') }
    },
  ],
  [
    'behind a shim',
    async () => {
      await put('home/.pyenv/version', 'ran\n')
      await put('home/.pyenv/versions/3/bin/shimmed', agent('../../../version'))
      await put('home/.pyenv/shims/shimmed', '#!/bin/sh\nexec "$(dirname "$0")/../versions/3/bin/shimmed"\n')
      return { command: ['shimmed'], path: join(home, '.pyenv/shims') }
    },
  ],
  [
    'somewhere else, and named with its path',
    async () => {
      await put('elsewhere/library', 'ran\n')
      return { command: [await put('elsewhere/agent', agent('library'))] }
    },
  ],
  [
    'as a script for an interpreter that is named with its path',
    async () => {
      await put('elsewhere/script-library', 'ran\n')
      return { command: ['sh', await put('elsewhere/script', agent('script-library'))] }
    },
  ],
  [
    'as a script whose interpreter stands elsewhere',
    async () => {
      await put('venv/library', 'ran\n')
      const interpreter = await put('venv/bin/interpreter', agent('../library'))
      return { command: [await put('home/.local/bin/entry', `#!${interpreter}\n`)] }
    },
  ],
  [
    'in the repository that also holds hidden tests',
    async () => {
      await put('home/project/lib/library', 'ran\n')
      return { command: [await put('home/project/agent', agent('lib/library'))] }
    },
  ],
  [
    'directly in the home',
    async () => ({ command: [await put('home/agent', `#!/bin/sh\necho ran; cat ${home}/.ssh/id; true`)] }),
  ],
]

const confined = Object.entries(sandboxes).filter(([, { isolation }]) => isolation.level === 'sandbox')
describe.each(confined)('%s', (_name, sandbox) => {
  const run = async (command: string[], path: string): Promise<string> => {
    const output = join(root, `output-${Math.random()}`)
    const cwd = join(root, 'work/space')
    const env = { PATH: [path, process.env['PATH']].join(':'), HOME: cwd }
    const access = { write: [cwd], read: [], network: 'off' as const }
    await sandbox.exec({ command, cwd, env, timeoutMs: 20_000, stdout: output, stderr: output, access })
    return readFile(output, 'utf8')
  }
  const works = async (): Promise<boolean> =>
    sandbox.probe().then(
      () => true,
      (error: unknown) => {
        if (error instanceof InfraError) return false
        throw error
      },
    )

  test.each(places)(
    'an agent is seen with all it needs, and nothing else of the home: %s',
    async (_where, install) => {
      if (!(await works())) return
      const { command, path = '/usr/bin' } = await install()
      const output = await run(command, path)
      expect(output).toContain('ran\n')
      expect(output).not.toContain('SECRET')
      await Promise.all(
        ['.nvm', '.pyenv', '.local/bin'].map(name => rm(join(home, name), { recursive: true, force: true })),
      )
    },
  )

  test('a program of the workspace runs inside, also by a path that is relative to it; a link in there leads nowhere', async () => {
    if (!(await works())) return
    await put('work/space/tool', `#!/bin/sh\necho ran; cat ${home}/.ssh/id\n`)
    await link('work/space/planted', join(home, '.ssh/id'))
    await link('work/space/folder', join(home, '.ssh'))
    for (const command of [
      ['./tool'],
      [join(root, 'work/space/tool')],
      ['sh', join(root, 'work/space/planted')],
    ])
      expect(await run(command, join(root, 'work/space/folder'))).not.toContain('SECRET')
    expect(await run(['./tool'], '/usr/bin')).toContain('ran')
    await Promise.all(['planted', 'folder'].map(name => rm(join(root, 'work/space', name))))
  })
})
