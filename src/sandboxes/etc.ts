import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { livenessOf, ownProcessName } from '../util/process-name.ts'

/** Changes while a run goes on, wherever a laptop is carried. */
const neverCopied = ['/etc/resolv.conf', '/etc/hosts']

export interface Etc {
  /** A folder with copies of the files, and with empty places for the rest. */
  folder: string
  /** The settings that it has no copy of: they are shown over their places. */
  others: readonly string[]
}

const prefix = 'agent-eval-etc-'
const made = new Map<string, Promise<Etc>>()

/**
 * A folder that can be shown as `/etc` in one mount: a mount for each file costs more than all the rest of a sandbox. It is
 * made once by each process, and gone with it; what a killed one left is removed by the next.
 */
export function etcWith(settings: readonly string[]): Promise<Etc> {
  const name = settings.join(':')
  const etc = made.get(name) ?? makeEtc(settings)
  made.set(name, etc)
  return etc
}

async function makeEtc(settings: readonly string[]): Promise<Etc> {
  await sweep()
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${await ownProcessName()}-`))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const others: string[] = []
  for (const path of settings) {
    const stats = statSync(path)
    const place = join(folder, basename(path))
    if (stats.isFile() && !neverCopied.includes(path)) writeFileSync(place, readFileSync(path))
    else {
      others.push(path)
      if (stats.isDirectory()) mkdirSync(place)
      else writeFileSync(place, '')
    }
  }
  return { folder, others }
}

async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue
    const owner = name.slice(prefix.length)
    // Somebody else's cannot be removed, and need not be.
    if ((await livenessOf(owner)) === 'dead')
      await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined)
  }
}
