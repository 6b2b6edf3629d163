import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat, writeFile, chmod, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ExecRequest } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import { exec } from './exec.ts'
import { killAll } from './process-tree.ts'

let root: string
let count = 0
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'exec-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

function request(command: ExecRequest['command'], more: Partial<ExecRequest> = {}): ExecRequest {
  const log = join(root, `log-${count++}`)
  return {
    command,
    cwd: root,
    env: { PATH: process.env.PATH ?? '' },
    timeoutMs: 30_000,
    stdout: log,
    stderr: log,
    ...more,
  }
}

const text = (path: string): Promise<string> => readFile(path, 'utf8')

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return 'ended meanwhile'
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  // A process that has ended and was not yet waited for by its parent still answers.
  return true
}

async function isGone(pidFile: string): Promise<boolean> {
  const pid = Number(await text(pidFile))
  expect(pid).toBeGreaterThan(1)
  if (!isAlive(pid)) return true
  const stat = await text(`/proc/${pid}/stat`).catch(() => ') Z')
  return stat.slice(stat.lastIndexOf(')')).startsWith(') Z')
}

async function waitForFile(path: string): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if ((await stat(path).catch(() => null))?.size) return
    await delay(25)
  }
  throw new Error(`${path} did not appear`)
}

describe('how a command ends', () => {
  it('runs an argument list without a shell', async () => {
    const asked = request(['printf', '%s\n', '$HOME `id` *'])
    expect(await exec(asked)).toMatchObject({ end: 'exited', exitCode: 0, signal: null, leftovers: 0 })
    expect(await text(asked.stdout)).toBe('$HOME `id` *\n')
  })

  it('runs a line in a shell and gives its exit code', async () => {
    const asked = request('echo one; echo two >&2; exit 3')
    expect(await exec(asked)).toMatchObject({ end: 'exited', exitCode: 3 })
    expect(await text(asked.stdout)).toBe('one\ntwo\n')
  })

  it('tells the signal that ended it', async () => {
    expect(await exec(request('kill -USR1 $$'))).toMatchObject({
      end: 'signalled',
      exitCode: null,
      signal: 'SIGUSR1',
    })
  })

  it.each([
    ['missing', ['no-such-program-here']],
    ['a folder', ['/']],
    ['below a file', ['/etc/passwd/x']],
  ])('is not found where the program is %s', async (_what, command) => {
    expect(await exec(request(command))).toMatchObject({ end: 'not-found', exitCode: null })
  })

  it('is not found where the program may not be executed', async () => {
    const program = join(root, 'plain.txt')
    await writeFile(program, 'echo hello\n')
    await chmod(program, 0o644)
    expect(await exec(request([program]))).toMatchObject({ end: 'not-found' })
  })

  it('throws for a folder that does not exist, which no command can be blamed for', async () => {
    await expect(exec(request(['true'], { cwd: join(root, 'nowhere') }))).rejects.toThrow(
      /there is no such folder/,
    )
  })

  it('throws with a hint where the arguments are too long for the system', async () => {
    const failure = await exec(request(['true', 'x'.repeat(300_000)])).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(InfraError)
    expect(String(failure)).toContain('pass long text in a file')
  })
})

describe('input, environment and output', () => {
  it('has an empty stdin unless one is given', async () => {
    expect(await exec(request(['cat']))).toMatchObject({ end: 'exited', exitCode: 0 })
    const asked = request(['cat'], { stdin: 'grüße\n'.repeat(50_000) })
    await exec(asked)
    expect(await text(asked.stdout)).toBe('grüße\n'.repeat(50_000))
  })

  it('survives a program that does not read its stdin', async () => {
    const asked = request(['true'], { stdin: 'x'.repeat(1_000_000) })
    expect(await exec(asked)).toMatchObject({ end: 'exited', exitCode: 0 })
  })

  it('gives the environment asked for and nothing else but the marker', async () => {
    const asked = request(['env'], { env: { PATH: process.env.PATH ?? '', A: 'b' } })
    await exec(asked)
    const names = (await text(asked.stdout))
      .trim()
      .split('\n')
      .map(line => line.split('=')[0])
    expect(names.toSorted()).toEqual(['A', 'AGENT_EVAL_MARK', 'PATH'])
  })

  it('keeps stdout and stderr apart where two files are named, and appends', async () => {
    const asked = request('echo out; echo err >&2', { stderr: join(root, 'other') })
    await exec(asked)
    await exec(asked)
    expect(await text(asked.stdout)).toBe('out\nout\n')
    expect(await text(asked.stderr)).toBe('err\nerr\n')
  })

  it('ends a flood of output and says so in the file', async () => {
    const asked = request(['yes', 'some words'], { maxOutputBytes: 1_000_000 })
    expect(await exec(asked)).toMatchObject({ end: 'output-limit', exitCode: null, leftovers: 0 })
    const log = await text(asked.stdout)
    expect(log.length).toBeLessThanOrEqual(1_000_000)
    expect(log.trimEnd().split('\n').at(-1)).toContain('longer than the limit of 1000000 bytes')
  })

  it('counts output beyond the limit also when the program has ended by itself', async () => {
    const asked = request('head -c 200000 /dev/zero', { maxOutputBytes: 1000 })
    expect(await exec(asked)).toMatchObject({ end: 'output-limit' })
    expect((await stat(asked.stdout)).size).toBeLessThanOrEqual(1000)
  })

  it('takes a gigabyte without keeping it in memory', async () => {
    const before = process.memoryUsage().rss
    const asked = request(['head', '-c', '1G', '/dev/zero'], { onLine: () => true })
    expect(await exec(asked)).toMatchObject({ end: 'output-limit' })
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024)
    expect((await stat(asked.stdout)).size).toBeLessThanOrEqual(64 * 1024 * 1024)
  })
})

describe('lines', () => {
  it('passes each line of stdout, also a last one without an end, and characters in one piece', async () => {
    const lines: string[] = []
    const line = `printf 'a\\303'; sleep 0.2; printf '\\244\\r\\n\\nlast'; echo no >&2`
    const asked = request(line, { stderr: join(root, 'e'), onLine: got => lines.push(got) > 0 })
    await exec(asked)
    expect(lines).toEqual(['aä', '', 'last'])
  })

  it('passes only what is new where the file had lines before', async () => {
    const lines: string[] = []
    const asked = request('echo new', { onLine: got => lines.push(got) > 0 })
    await writeFile(asked.stdout, 'old\n')
    await exec(asked)
    expect(lines).toEqual(['new'])
  })

  it('passes a very long line cut, and the next one whole', async () => {
    const lines: string[] = []
    await exec(
      request(`head -c 3000000 /dev/zero | tr '\\0' x; echo; echo next`, {
        onLine: got => lines.push(got) > 0,
      }),
    )
    expect(lines.map(line => line.length)).toEqual([1024 * 1024, 4])
  })

  it('ends the command when the reader has seen enough', async () => {
    let seen = 0
    const asked = request('while :; do echo tick; sleep 0.01; done', { onLine: () => ++seen < 3 })
    expect(await exec(asked)).toMatchObject({ end: 'limit', exitCode: null })
    expect(seen).toBe(3)
  })

  it('ends the command and throws where the reader throws', async () => {
    const asked = request(`echo $$ > ${join(root, 'reader.pid')}; echo x; sleep 100`, {
      onLine: () => {
        throw new Error('reader is broken')
      },
    })
    await expect(exec(asked)).rejects.toThrow('reader is broken')
    expect(await isGone(join(root, 'reader.pid'))).toBe(true)
  })
})

describe('the whole process tree ends with the command', () => {
  it('at the time limit', async () => {
    const asked = request(`sleep 100 & echo $! > ${join(root, 'a.pid')}; wait`, { timeoutMs: 300 })
    expect(await exec(asked)).toMatchObject({ end: 'timeout', exitCode: null, signal: null })
    expect(await isGone(join(root, 'a.pid'))).toBe(true)
  })

  it('lets a program clean up within its grace', async () => {
    const asked = request(`trap 'echo cleaned; exit 0' TERM; while :; do sleep 0.05; done`, {
      timeoutMs: 300,
    })
    expect(await exec(asked)).toMatchObject({ end: 'timeout' })
    expect(await text(asked.stdout)).toContain('cleaned')
  })

  it('although it ignores the request to end', async () => {
    const pid = join(root, 'b.pid')
    const asked = request(`trap '' TERM HUP INT; echo $$ > ${pid}; while :; do sleep 0.1; done`, {
      timeoutMs: 300,
    })
    expect(await exec(asked)).toMatchObject({ end: 'timeout' })
    expect(await isGone(pid)).toBe(true)
  })

  it('when it is aborted, also where that was before the start', async () => {
    const stop = new AbortController()
    const pid = join(root, 'c.pid')
    const running = exec(request(`echo $$ > ${pid}; sleep 100`, { signal: stop.signal }))
    await waitForFile(pid)
    stop.abort()
    expect(await running).toMatchObject({ end: 'aborted' })
    expect(await isGone(pid)).toBe(true)
    expect(await exec(request(['true'], { signal: stop.signal }))).toMatchObject({ end: 'aborted' })
  })

  it('when it ends by itself and leaves background processes, which are counted', async () => {
    const pid = join(root, 'd.pid')
    const asked = request(`sleep 100 & echo $! > ${pid}`)
    expect(await exec(asked)).toMatchObject({ end: 'exited', exitCode: 0, leftovers: 1 })
    expect(await isGone(pid)).toBe(true)
  })

  it('although it closes its output', async () => {
    const asked = request('exec >&- 2>&-; sleep 0.3; exit 5')
    expect(await exec(asked)).toMatchObject({ end: 'exited', exitCode: 5 })
  })

  it.runIf(process.platform === 'linux')('although children left the group', async () => {
    const [one, two] = [join(root, 'e.pid'), join(root, 'f.pid')]
    const asked = request(
      `setsid sleep 100 & (setsid sh -c '(echo $$ > ${one}; exec sleep 100) &'); ` +
        `setsid setsid sh -c 'echo $$ > ${two}; exec sleep 100' & while ! test -s ${one} || ! test -s ${two}; do sleep 0.02; done`,
    )
    const result = await exec(asked)
    expect(result).toMatchObject({ end: 'exited', exitCode: 0 })
    expect(result.leftovers).toBeGreaterThanOrEqual(3)
    expect(await isGone(one)).toBe(true)
    expect(await isGone(two)).toBe(true)
  })

  it.runIf(process.platform === 'linux')('although children go on starting children', async () => {
    const script = join(root, 'spread.sh')
    await writeFile(script, `#!/bin/sh\nsleep 0.01\nsetsid ${script} &\n`)
    await chmod(script, 0o755)
    const asked = request(`${script}; sleep 0.3`)
    expect(await exec(asked)).toMatchObject({ end: 'exited', exitCode: 0 })
    await delay(200)
    const left = readdirSync('/proc').filter(
      pid => /^\d+$/.test(pid) && commandLineOf(pid).includes('spread.sh'),
    )
    expect(left).toEqual([])
  })

  it('does not touch other commands that run at the same time', async () => {
    const flag = join(root, 'go')
    const other = exec(request(`while ! test -e ${flag}; do sleep 0.05; done; exit 7`))
    await exec(request(`sleep 100`, { timeoutMs: 100 }))
    await writeFile(flag, '')
    expect(await other).toMatchObject({ end: 'exited', exitCode: 7 })
  })

  it('by killAll, for all commands that run', async () => {
    const pids = [join(root, 'g.pid'), join(root, 'h.pid')]
    const running = pids.map(pid => exec(request(`echo $$ > ${pid}; sleep 100`)))
    await Promise.all(pids.map(waitForFile))
    killAll()
    for (const result of await Promise.all(running)) {
      expect(result).toMatchObject({ end: 'signalled', signal: 'SIGKILL' })
    }
  })

  it.runIf(process.platform === 'linux')(
    'when this program is killed without a chance to clean up',
    async () => {
      const folder = join(root, 'killed')
      await mkdir(folder)
      const [pid, escaped] = [join(folder, 'i.pid'), join(folder, 'j.pid')]
      const line = `setsid sh -c 'echo $$ > ${escaped}; exec sleep 100' & echo $$ > ${pid}; sleep 100`
      const program = `import { exec } from ${JSON.stringify(new URL('exec.ts', import.meta.url).pathname)}
      await exec({ command: ${JSON.stringify(line)}, cwd: '/', env: { PATH: process.env.PATH },
        timeoutMs: 100000, stdout: '${folder}/log', stderr: '${folder}/log' })`
      await writeFile(join(folder, 'main.mts'), program)
      const bundle = join(folder, 'main.mjs')
      const { build } = await import('esbuild')
      await build({
        entryPoints: [join(folder, 'main.mts')],
        bundle: true,
        platform: 'node',
        format: 'esm',
        outfile: bundle,
      })
      const us = spawn(process.execPath, [bundle], { stdio: 'inherit' })
      await Promise.all([waitForFile(pid), waitForFile(escaped)])
      us.kill('SIGKILL')
      for (let i = 0; i < 200 && !((await isGone(pid)) && (await isGone(escaped))); i++) await delay(50)
      expect(await isGone(pid)).toBe(true)
      expect(await isGone(escaped)).toBe(true)
    },
  )

  it('with 200 at once', async () => {
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, i) => exec(request(`echo ${i}; sleep 0.2; exit ${i % 7}`))),
    )
    expect(results.map(result => result.exitCode)).toEqual(Array.from({ length: 200 }, (_, i) => i % 7))
    expect(results.every(result => result.end === 'exited' && result.leftovers === 0)).toBe(true)
  })
})
