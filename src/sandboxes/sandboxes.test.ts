import { mkdir, mkdtemp, readFile, readdir, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Access, ExecResult, Sandbox } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import { makeTestImage } from '../testing/image.ts'
import { chooseSandbox, levels, sandboxes } from './index.ts'

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
    await gone(sign)
    expect(
      await run(sandbox, `${hiding.replace('exit 0', `sleep ${sign}`)}`, { timeoutMs: 1000 }),
    ).toMatchObject({ end: 'timeout' })
    await gone(sign)
  })

  test.skipIf(open)('a command sees no process but its own', async () => {
    const { output } = await run(sandbox, 'ls -d /proc/[0-9]* | wc -l')
    expect(Number(output)).toBeLessThan(8)
  })
})

/** The kernel ends them with their namespace, which on a busy machine takes a moment. */
const gone = (sign: string): Promise<void> =>
  vi.waitFor(async () => expect(await processesWith(sign)).toBe(0), 2000)

test('without a wish the best level is taken that works', async () => {
  const best = levels.findLast(
    level =>
      level !== 'container' &&
      Object.entries(sandboxes).some(([name, { isolation }]) => available[name] && isolation.level === level),
  )
  expect((await chooseSandbox(null)).isolation.level).toBe(best)
  expect((await chooseSandbox('none')).isolation.level).toBe('none')
})

test.skipIf(available['bubblewrapSandbox'] || available['unshareSandbox'])(
  'a level that cannot be had is refused, with the reason',
  async () => {
    await expect(chooseSandbox('sandbox')).rejects.toThrow('isolation "sandbox" does not work here')
  },
)
