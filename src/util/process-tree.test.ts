import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { exec } from './exec.ts'
import { killAll } from './process-tree.ts'
import { commandLineOf, isGone, openExecBench, waitForFile } from './testing/exec-bench.ts'

const { root, request, clean } = openExecBench()
afterAll(clean)

const text = (path: string): Promise<string> => readFile(path, 'utf8')

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
