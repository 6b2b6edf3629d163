import { createServer } from 'node:http'
import { mkdir, mkdtemp, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Access, ExecResult, Sandbox } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import { makeTestImage } from '../testing/image.ts'
import { chooseSandbox, sandboxes } from './index.ts'

const works = async (sandbox: Sandbox): Promise<boolean> =>
  sandbox.probe().then(
    () => true,
    (error: unknown) => {
      if (error instanceof InfraError) return false
      throw error
    },
  )
const available = Object.fromEntries(
  await Promise.all(
    Object.entries(sandboxes).map(async ([name, sandbox]) => [name, await works(sandbox)] as const),
  ),
)

/** Ids of images for those that need one; without an image they are left out. */
const images = new Map<Sandbox, string>()
const madeImages = [await makeTestImage('docker'), await makeTestImage('podman')] as const
for (const [i, name] of (['dockerContainers', 'podmanContainers'] as const).entries()) {
  const made = madeImages[i]
  if (made && 'reference' in made && available[name]) {
    const { id } = (await sandboxes[name].resolveImage?.(made.reference, () => {})) ?? { id: '' }
    images.set(sandboxes[name], id)
  } else available[name] = false
}

let root: string
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'agent-eval-sandbox-')))
  await mkdir(join(root, 'workspace'))
  await mkdir(join(root, 'other'))
  await writeFile(join(root, 'other/secret.txt'), 'of another trial\n')
})
afterAll(async () => {
  await rm(root, { recursive: true, force: true })
  for (const made of madeImages) if ('reference' in made) await made.remove()
})

async function run(
  sandbox: Sandbox,
  command: string | string[],
  options: { access?: Partial<Access>; timeoutMs?: number } = {},
): Promise<ExecResult & { output: string }> {
  const cwd = join(root, 'workspace')
  const output = join(root, `output-${Math.random()}`)
  const result = await sandbox.exec({
    command,
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd, LANG: 'C' },
    timeoutMs: options.timeoutMs ?? 20_000,
    stdout: output,
    stderr: output,
    access: { write: [cwd], read: [], network: 'off', image: images.get(sandbox), ...options.access },
  })
  return { ...result, output: await readFile(output, 'utf8').catch(() => '') }
}

async function processesWith(text: string): Promise<number> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.filter(line => line.includes(text)).length
}

describe.each(Object.entries(sandboxes))('%s', (name, sandbox) => {
  const missing = !available[name]
  const open = missing || sandbox.isolation.level === 'none'

  test.skipIf(missing)('tells how the command ended as if it had run alone', async () => {
    expect(await run(sandbox, 'echo hello; exit 3')).toMatchObject({
      end: 'exited',
      exitCode: 3,
      output: 'hello\n',
    })
    expect(await run(sandbox, ['no-such-program'])).toMatchObject({ end: 'not-found' })
    expect(await run(sandbox, ['sh', '-c', 'kill -KILL $$'])).toMatchObject({
      end: 'signalled',
      signal: 'SIGKILL',
      exitCode: null,
    })
    expect(await run(sandbox, 'sleep 60', { timeoutMs: 300 })).toMatchObject({ end: 'timeout' })
    expect(
      await run(sandbox, [process.execPath, '-p', 'process.argv.slice(1).join("|")', 'a b', '$HOME', '']),
    ).toMatchObject({
      output: 'a b|$HOME|\n',
    })
  })

  test.skipIf(open)('no process outlives its command, whatever it does to hide', async () => {
    const sign = `60${Math.floor(Math.random() * 1e6)}`
    const hiding = `(setsid sh -c 'env -i sleep ${sign} & sleep ${sign}' &) ; env -i setsid sleep ${sign} & sleep 0.3; exit 0`
    expect(await run(sandbox, hiding)).toMatchObject({ end: 'exited', exitCode: 0 })
    expect(await processesWith(sign)).toBe(0)
    expect(
      await run(sandbox, `${hiding.replace('exit 0', `sleep ${sign}`)}`, { timeoutMs: 1000 }),
    ).toMatchObject({ end: 'timeout' })
    expect(await processesWith(sign)).toBe(0)
  })

  test.skipIf(open)('a command sees no process but its own', async () => {
    const { output } = await run(sandbox, 'ls -d /proc/[0-9]* | wc -l')
    expect(Number(output)).toBeLessThan(8)
  })
})

describe.skipIf(!available['bubblewrapSandbox'])('the level sandbox', () => {
  const sandbox = sandboxes.bubblewrapSandbox

  test('only listed folders exist, and only those that are listed for it can be written to', async () => {
    expect(await run(sandbox, `cat ${root}/other/secret.txt`)).toMatchObject({ exitCode: 1 })
    expect(
      await run(sandbox, `cat ${root}/other/secret.txt`, { access: { read: [join(root, 'other')] } }),
    ).toMatchObject({
      output: 'of another trial\n',
    })
    expect(
      await run(sandbox, `echo x > ${root}/other/secret.txt`, { access: { read: [join(root, 'other')] } }),
    ).toMatchObject({
      exitCode: expect.any(Number),
      output: expect.stringMatching(/Read-only|denied/),
    })
    const closed = [
      '/home',
      '/var',
      '/etc/shadow',
      '/etc/passwd-',
      join(homedir(), '.npmrc'),
      join(homedir(), '.ssh'),
    ]
    expect(await run(sandbox, closed.map(path => `test ! -e ${path}`).join(' && '))).toMatchObject({
      exitCode: 0,
    })
    expect(await run(sandbox, 'echo mine > made.txt && cat made.txt')).toMatchObject({ output: 'mine\n' })
    expect(await readFile(join(root, 'workspace/made.txt'), 'utf8')).toBe('mine\n')
  })

  test('a command has no rights, even as root', async () => {
    expect((await run(sandbox, 'grep CapEff /proc/self/status')).output).toContain('0000000000000000')
    expect(await run(sandbox, 'mount -t tmpfs none /mnt')).not.toMatchObject({ exitCode: 0 })
  })

  test('without network neither the world nor this machine answers, but its own loopback does', async () => {
    const server = createServer((_request, response) => response.end('host'))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    try {
      const address = server.address()
      const port = typeof address === 'object' ? address?.port : 0
      const ask = `fetch('http://127.0.0.1:${port}').then(r => r.text()).then(console.log, e => console.log('refused', e.cause?.code))`
      expect((await run(sandbox, [process.execPath, '-e', ask])).output).toBe('refused ECONNREFUSED\n')
      expect(
        (await run(sandbox, [process.execPath, '-e', ask], { access: { network: 'open' } })).output,
      ).toBe('host\n')
      const own = `const s = require('http').createServer((q, r) => r.end('own')).listen(0, '127.0.0.1', () => fetch('http://127.0.0.1:' + s.address().port).then(r => r.text()).then(t => { console.log(t); process.exit() }))`
      expect((await run(sandbox, [process.execPath, '-e', own])).output).toBe('own\n')
    } finally {
      server.close()
    }
  })
})

test('without a wish the best level up to process is taken', async () => {
  const processWorks = available['bubblewrapProcess'] || available['unshareProcess']
  expect((await chooseSandbox(null)).isolation.level).toBe(processWorks ? 'process' : 'none')
  expect((await chooseSandbox('none')).isolation.level).toBe('none')
})

test.skipIf(available['bubblewrapSandbox'])(
  'a level that cannot be had is refused, with the reason',
  async () => {
    await expect(chooseSandbox('sandbox')).rejects.toThrow('isolation "sandbox" does not work here')
  },
)
