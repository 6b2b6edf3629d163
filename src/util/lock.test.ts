import {
  existsSync,
  lutimesSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { InfraError } from '../errors.ts'
import { makeScript, type Script } from '../testing/other-process.ts'
import { withLock } from './lock.ts'
import { livenessOf, ownProcessName } from './process-name.ts'

let script: Script
let folder: string
let lock: string

/** Adds one to a number in a file, slowly: without a lock most additions get lost. With `hold` it keeps the lock. */
const adder = `
import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { withLock } from './util/lock.ts'
const [, , lock, file, times] = process.argv
for (let time = 0; time < Number(times); time++) {
  await withLock(lock, async () => {
    const value = Number(await readFile(file, 'utf8'))
    await delay(2)
    await writeFile(file, String(value + 1))
  })
}
if (times === 'hold') await withLock(lock, () => { console.log('held'); return delay(60_000) })
`

beforeAll(async () => {
  script = await makeScript(adder)
  folder = mkdtempSync(join(tmpdir(), 'lock-'))
})
afterAll(() => {
  script.remove()
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  lock = join(mkdtempSync(join(folder, 'x')), 'below/lock')
})

describe('a lock', () => {
  it('lets one at a time work, in this process and in others', async () => {
    const file = join(folder, 'count')
    writeFileSync(file, '0')
    const here = Array.from({ length: 10 }, () =>
      withLock(lock, async () => {
        const value = Number(readFileSync(file, 'utf8'))
        await delay(2)
        writeFileSync(file, String(value + 1))
      }),
    )
    await Promise.all([...here, ...Array.from({ length: 3 }, () => script.run(lock, file, '10'))])
    expect(readFileSync(file, 'utf8')).toBe('40')
    expect(readdirSync(join(lock, '..'))).toEqual([])
  })

  it('gives back what the work gave, and is free after it failed', async () => {
    expect(await withLock(lock, async () => 7)).toBe(7)
    const failing = withLock(lock, () => Promise.reject(new Error('mine')))
    await expect(failing).rejects.toThrow('mine')
    expect(await withLock(lock, async () => 8)).toBe(8)
  })

  it('is taken over from a process that was killed, by one of many', async () => {
    const holder = script.start(lock, '', 'hold')
    await once(holder.stdout ?? holder, 'data')
    await expect(withLock(lock, async () => 'stolen', { waitMs: 100 })).rejects.toThrow(InfraError)
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    let inside = 0
    const together = Array.from({ length: 8 }, () =>
      withLock(lock, async () => {
        inside += 1
        await delay(2)
        return inside--
      }),
    )
    expect(await Promise.all(together)).toEqual(Array.from({ length: 8 }, () => 1))
  })

  it('of a process that cannot be seen from here is respected until it is silent for minutes', async () => {
    await withLock(lock, async () => 0)
    symlinkSync('17-123-otherboot-4026531836-abcdef', lock)
    const waiting = withLock(lock, async () => 0, { waitMs: 50 })
    await expect(waiting).rejects.toThrow(/waited 0 s for .*lock, held by process 17-123-.*delete the file/)
    const longAgo = Date.now() / 1000 - 600
    lutimesSync(lock, longAgo, longAgo)
    expect(await withLock(lock, async () => 1)).toBe(1)
    expect(existsSync(lock)).toBe(false)
  })
})

describe('the name of a process', () => {
  it('tells whether it runs, and is not fooled by a process id that is used again', async () => {
    const own = await ownProcessName()
    expect(await livenessOf(own)).toBe('alive')
    expect(await livenessOf(`${own}-more`)).toBe('alive')
    expect(await livenessOf(own.replace(/^(\d+)-\d+/, '$1-1'))).toBe('dead')
    expect(await livenessOf(own.replace(/^\d+/, '999999999'))).toBe('dead')
    expect(await livenessOf('whatever')).toBe('unknown')
    expect(await livenessOf(own.replace(/-[^-]+-[^-]+$/, '-otherboot-1'))).toBe('unknown')
  })
})
