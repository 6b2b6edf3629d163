import { randomBytes } from 'node:crypto'
import { lstat, lutimes, mkdir, readlink, rm, symlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { InfraError } from '../errors.ts'
import { livenessOf, ownProcessName } from './process-name.ts'

/** The holder says this often that it lives, for those who cannot see its process. */
const beatMs = 20_000
const staleMs = 120_000

/**
 * Does the work while no other process, and nothing else in this one, holds the lock at that path. A lock whose holder has
 * died is taken over. Throws InfraError, with the words of `busy` if given, if it does not get it within `waitMs` (default 1 hour).
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  options: { waitMs?: number; busy?: string } = {},
): Promise<T> {
  const holder = `${await ownProcessName()}-${randomBytes(6).toString('hex')}`
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await acquire(path, holder, options)
  const beat = setInterval(() => void sayAlive(path), beatMs).unref()
  try {
    return await work()
  } finally {
    clearInterval(beat)
    if ((await holderOf(path)) === holder) await rm(path, { force: true })
  }
}

async function acquire(
  path: string,
  holder: string,
  { waitMs = 3_600_000, busy }: { waitMs?: number; busy?: string },
): Promise<void> {
  const start = performance.now()
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 1.5, 100)) {
    if (await create(path, holder)) return
    if (await isAbandoned(path)) {
      // One at a time, and with a second look: else two could both see the dead holder, and one remove the other's new lock.
      await withLock(`${path}.takeover`, async () => {
        if (await isAbandoned(path)) await rm(path, { force: true })
      })
      continue
    }
    if (performance.now() - start > waitMs) {
      throw new InfraError(
        busy ??
          `waited ${Math.round(waitMs / 1000)} s for ${path}, held by process ${(await holderOf(path)) ?? 'unknown'}: ` +
            'wait until that run has ended, or delete the file if there is none',
      )
    }
    await delay(pauseMs)
  }
}

/** A link is made with its content in one step, so a lock never stands there without its holder's name. */
async function create(path: string, holder: string): Promise<boolean> {
  try {
    await symlink(holder, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const holder = await holderOf(path)
  if (holder === null) return false
  const liveness = await livenessOf(holder)
  if (liveness !== 'unknown') return liveness === 'dead'
  const lastBeat = (await lstat(path).catch(() => null))?.mtimeMs
  return lastBeat !== undefined && Date.now() - lastBeat > staleMs
}

async function holderOf(path: string): Promise<string | null> {
  return readlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}

async function sayAlive(path: string): Promise<void> {
  const now = new Date()
  // Whoever deleted the lock by hand knows why; the work goes on.
  await lutimes(path, now, now).catch(() => undefined)
}
