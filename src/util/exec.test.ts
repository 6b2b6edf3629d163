import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { InfraError } from '../errors.ts'
import { exec } from './exec.ts'
import { isGone, openExecBench } from './testing/exec-bench.ts'

const { root, request, clean } = openExecBench()
afterAll(clean)

const text = (path: string): Promise<string> => readFile(path, 'utf8')

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
