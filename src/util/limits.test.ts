import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { makeScript } from '../testing/other-process.ts'
import { cgroupBases } from './cgroup-bases.ts'
import { exec } from './exec.ts'
import { enforcement } from './limits.ts'
import { isGone, openExecBench } from './testing/exec-bench.ts'

const { root, request, clean } = openExecBench()
afterAll(clean)

const { missing } = await enforcement({ memoryBytes: 1, cpus: 1, processes: 1 })
const bases = await cgroupBases()
const groupsOf = async (pid: number): Promise<string[]> => {
  const names = await Promise.all(bases.map(({ folder }) => readdir(folder)))
  return names.flat().filter(name => name.startsWith(`agent-eval.${pid}-`))
}

describe('a limited command', () => {
  test('ends as it would have ended', async () => {
    expect(await exec(request('echo one; exit 3', { limits: {} }))).toMatchObject({
      end: 'exited',
      exitCode: 3,
    })
    expect(await exec(request(['no-such-program'], { limits: {} }))).toMatchObject({ end: 'not-found' })
    expect(await exec(request(['sleep', '60'], { limits: {}, timeoutMs: 200 }))).toMatchObject({
      end: 'timeout',
    })
    expect(await groupsOf(process.pid)).toEqual([])
  })

  test.skipIf(missing.includes('memoryBytes'))(
    'gets no more memory than that, with all its children, and it is told',
    async () => {
      const eat = (bytes: number): string[] => [
        'sh',
        '-c',
        `"$1" -e 'Buffer.alloc(${bytes}, 1)'; exit $?`,
        'sh',
        process.execPath,
      ]
      const some = await exec(request(eat(1e6), { limits: { memoryBytes: 400e6 } }))
      expect(some).toMatchObject({ exitCode: 0, used: { memoryKills: 0 } })
      expect(some.used?.peakMemoryBytes).toBeGreaterThan(5e6)
      expect(some.used?.cpuMs).toBeGreaterThan(1)
      const tooMuch = await exec(request(eat(600e6), { limits: { memoryBytes: 200e6 } }))
      expect(tooMuch.exitCode).not.toBe(0)
      expect(tooMuch.used?.memoryKills).toBeGreaterThan(0)
      expect(tooMuch.used?.peakMemoryBytes).toBeLessThanOrEqual(200e6)
    },
  )

  test.skipIf(missing.includes('processes'))('cannot start more processes than that', async () => {
    const many = 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 60 & done; wait'
    expect(await exec(request(many, { limits: { processes: 16 } }))).not.toMatchObject({ exitCode: 0 })
  })

  test.skipIf(missing.includes('cpus'))('gets no more of the processors than that', async () => {
    const busy = ['timeout', '1', 'sh', '-c', 'while :; do :; done']
    const { used } = await exec(request(busy, { limits: { cpus: 0.2 } }))
    expect(used?.cpuMs).toBeLessThan(600)
  })

  test.skipIf(bases.length === 0)(
    'leaves no process, also one that has left its group and cleared its environment',
    async () => {
      const hiding = `(env -i setsid sh -c 'echo $$ >${root}/pid; exec sleep 60' &); while ! test -s ${root}/pid; do sleep 0.05; done`
      const result = await exec(request(hiding, { limits: {} }))
      expect(result).toMatchObject({ exitCode: 0, leftovers: 1 })
      expect(await isGone(join(root, 'pid'))).toBe(true)
    },
  )
})

test.skipIf(bases.length === 0)(
  'what a killed program left is ended and removed by the next one',
  async () => {
    const folder = join(root, 'killed')
    await mkdir(folder)
    const script = await makeScript(`
    import { exec } from './util/exec.ts'
    const [, , folder] = process.argv
    await exec({ command: 'env -i setsid sleep 60', cwd: folder, env: { PATH: process.env.PATH }, timeoutMs: 60000, stdout: folder + '/out', stderr: folder + '/out', limits: {} })
  `)
    try {
      const child = script.start(folder)
      const pid = child.pid ?? 0
      for (let look = 0; look < 200 && (await groupsOf(pid)).length === 0; look++) await delay(25)
      await delay(300)
      const gone = new Promise(resolve => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
      expect(await groupsOf(pid)).not.toEqual([])
      const next = await makeScript(
        `import { cgroupBases } from './util/cgroup-bases.ts'; await cgroupBases()`,
      )
      await next.run()
      next.remove()
      expect(await groupsOf(pid)).toEqual([])
    } finally {
      script.remove()
    }
  },
)
