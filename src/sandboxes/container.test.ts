import { mkdir, mkdtemp, readFile, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ExecRequest, ExecResult } from '../contracts.ts'
import { readTail } from '../util/output.ts'
import { makeTestImage } from '../testing/image.ts'
import { makeScript } from '../testing/other-process.ts'
import { sandboxes } from './index.ts'

const engines = [
  { engine: 'docker', sandbox: sandboxes.dockerContainers, made: await makeTestImage('docker') },
  { engine: 'podman', sandbox: sandboxes.podmanContainers, made: await makeTestImage('podman') },
] as const

describe.each(engines)('$engine', ({ engine, sandbox, made }) => {
  const missing = 'missing' in made
  const suffix = missing ? ` (skipped: ${made.missing})` : ''
  let root: string
  let image: string
  beforeAll(async () => {
    if (missing) return
    await sandbox.probe()
    image = (await sandbox.resolveImage?.(made.reference, () => {}))?.id ?? ''
    root = await realpath(await mkdtemp(join(tmpdir(), 'agent-eval-container-test-')))
    await mkdir(join(root, 'ws'))
    await writeFile(join(root, 'secret.txt'), 'of another trial\n')
  })
  afterAll(async () => {
    if (missing) return
    await made.remove()
    await rm(root, { recursive: true, force: true })
  })

  async function run(
    command: string | string[],
    change: Partial<ExecRequest> = {},
  ): Promise<ExecResult & { output: string }> {
    const cwd = join(root, 'ws')
    const output = join(root, `output-${Math.random()}`)
    const result = await sandbox.exec({
      command,
      cwd,
      env: { PATH: process.env['PATH'] ?? '', HOME: cwd },
      timeoutMs: 60_000,
      stdout: output,
      stderr: output,
      access: { write: [cwd], read: [], network: 'off', image },
      ...change,
    })
    return { ...result, output: await readFile(output, 'utf8') }
  }

  test.skipIf(missing)(`only its own folders exist, and what it writes there is ours${suffix}`, async () => {
    expect(await run(`cat ${root}/secret.txt`)).toMatchObject({ exitCode: 1 })
    expect(await run('echo mine > made.txt && cat made.txt')).toMatchObject({ output: 'mine\n' })
    expect((await stat(join(root, 'ws/made.txt'))).uid).toBe(process.getuid?.())
    expect((await run('touch /x 2>&1; touch /usr/x 2>&1; touch /tmp/x && echo temporary')).output).toMatch(
      /Read-only[^]*Read-only[^]*temporary/,
    )
  })

  test.skipIf(missing)(`a command has no rights, even as root, and no network${suffix}`, async () => {
    const { output } = await run('grep -E "CapEff|NoNewPrivs|Seccomp:" /proc/self/status; ls /sys/class/net')
    expect(output).toMatch(/CapEff:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\nlo\n$/)
  })

  test.skipIf(missing)(
    `values of the environment arrive, and stand on no command line${suffix}`,
    async () => {
      const sign = `secret-${Math.random()}`
      const env = { PATH: process.env['PATH'] ?? '', ONE: `${sign} "1" $HOME`, LINES: `${sign}\nsecond` }
      const running = run('sleep 1; node -p "JSON.stringify([process.env.ONE, process.env.LINES])"', { env })
      const seen: string[] = []
      for (let look = 0; look < 8; look++) {
        await wait(100)
        const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
        seen.push(
          ...(await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))),
        )
      }
      expect(seen.some(line => line.includes('sleep 1'))).toBe(true)
      expect(seen.filter(line => line.includes(sign))).toEqual([])
      expect((await running).output).toBe(`${JSON.stringify([env.ONE, env.LINES])}\n`)
    },
  )

  test.skipIf(missing)(`what the engine cannot do is not the command's doing${suffix}`, async () => {
    await expect(
      run('true', { access: { write: [join(root, 'gone')], read: [], network: 'off', image } }),
    ).rejects.toThrow(`${engine} could not run a container`)
    await expect(run('true', { access: { write: [], read: [], network: 'off' } })).rejects.toThrow(
      'without an image',
    )
    expect(await run(['sh', '-c', 'exit 125'])).toMatchObject({ end: 'exited', exitCode: 125 })
    expect(await run(['sh', '-c', 'exit 127'])).toMatchObject({ end: 'exited', exitCode: 127 })
    await expect(sandbox.resolveImage?.(`localhost:1/no-such:image`, () => {})).rejects.toThrow(
      'localhost:1/no-such:image is not there',
    )
  })

  test.skipIf(missing)(`no container is left, whoever ends it${suffix}`, async () => {
    const controller = new AbortController()
    const aborted = run('sleep 60', { signal: controller.signal })
    setTimeout(() => controller.abort(), 700)
    expect(await aborted).toMatchObject({ end: 'aborted', leftovers: null })
    expect(await run('while :; do echo y; done', { maxOutputBytes: 100_000 })).toMatchObject({
      end: 'output-limit',
    })
    expect(await run(['node', '-p', 'os.userInfo().uid'])).toMatchObject({
      output: `${process.getuid?.()}\n`,
    })
    expect(await run('cat', { stdin: 'input' })).toMatchObject({ exitCode: 0, output: 'input' })
    expect(await containers()).toEqual([])
  })

  test.skipIf(missing)(
    `a container ends with the program that started it, also by SIGKILL${suffix}`,
    async () => {
      if (missing) return
      const script = await makeScript(`
      import { sandboxes } from './sandboxes/index.ts'
      const [name, reference, cwd] = process.argv.slice(2)
      const { id } = await sandboxes[name].resolveImage(reference, () => {})
      const access = { write: [cwd], read: [], network: 'off', image: id }
      const output = cwd + '/log'
      await sandboxes[name].exec({ command: 'echo started; sleep 4000', cwd, env: {}, timeoutMs: 1e6, stdout: output, stderr: output, access })
    `)
      try {
        const program = script.start(`${engine}Containers`, made.reference, join(root, 'ws'))
        await until(async () => (await readTail(join(root, 'ws/log'), 100)) === 'started\n')
        expect(await containers(program.pid)).toHaveLength(1)
        program.kill('SIGKILL')
        await until(async () => (await containers(program.pid)).length === 0)
      } finally {
        script.remove()
      }
    },
  )

  /** Names of the containers that a process has started. */
  async function containers(pid = process.pid): Promise<string[]> {
    const { stdout } = await execa(engine, ['ps', '--all', '--format', '{{.Names}}'])
    return stdout.split('\n').filter(name => name.startsWith(`agent-eval.${pid}-`))
  }
})

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 100; look++) {
    if (await holds()) return
    await wait(200)
  }
  throw new Error('it never came to hold')
}
