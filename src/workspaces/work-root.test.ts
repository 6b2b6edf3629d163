import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InfraError } from '../errors.ts'
import { ownProcessName } from '../util/process-name.ts'
import { openWorkRoot, sweepWorkRoot } from './work-root.ts'

let shared: string
beforeEach(() => {
  shared = join(mkdtempSync(join(tmpdir(), 'work-root-')), 'work')
})
afterEach(() => rmSync(join(shared, '..'), { recursive: true, force: true }))

describe('the folder for workspaces of a process', () => {
  it('is private, one for each call, and gone after it is closed', async () => {
    const [one, two] = await Promise.all([openWorkRoot(shared), openWorkRoot(shared)])
    expect(one.path).not.toBe(two.path)
    expect(statSync(one.path).mode & 0o777).toBe(0o700)
    mkdirSync(join(one.path, 'x'), { mode: 0 })
    await one.close()
    await one.close()
    expect([existsSync(one.path), existsSync(two.path)]).toEqual([false, true])
  })

  it('is made after what dead processes left has been removed, and nothing else', async () => {
    const { path } = await openWorkRoot(shared)
    const own = await ownProcessName()
    const dead = join(shared, `${own.replace(/^\d+-\d+/, '1-1')}-aaaa`)
    const elsewhere = join(shared, '17-123-otherboot-4026531836-bbbb')
    const forgotten = join(shared, '17-123-otherboot-4026531836-cccc')
    for (const folder of [dead, elsewhere, forgotten]) mkdirSync(join(folder, 'ws'), { recursive: true })
    chmodSync(join(dead, 'ws'), 0)
    utimesSync(forgotten, 1, 1)
    await sweepWorkRoot(shared)
    expect([path, dead, elsewhere, forgotten].map(existsSync)).toEqual([true, false, true, false])
  })

  it('is refused where others could write, or where something else stands', async () => {
    const { path } = await openWorkRoot(shared)
    chmodSync(shared, 0o777)
    await expect(openWorkRoot(shared)).rejects.toThrow(/nobody else can write to.*AGENT_EVAL_WORK/)
    rmSync(shared, { recursive: true })
    mkdirSync(`${shared}-other`)
    symlinkSync(`${shared}-other`, shared)
    await expect(openWorkRoot(shared)).rejects.toThrow(InfraError)
    rmSync(shared)
    writeFileSync(shared, '')
    await expect(openWorkRoot(shared)).rejects.toThrow(InfraError)
    expect(existsSync(path)).toBe(false)
  })
})
