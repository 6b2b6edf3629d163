import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { makeOwnTemporary } from '../util/own-temporary.ts'

/** Where there is a network these change while a run goes on, wherever a laptop is carried. */
const ofTheNetwork = ['/etc/resolv.conf', '/etc/hosts']

export interface Etc {
  /** A folder with copies of the files, and with empty places for the rest. */
  folder: string
  /** The settings that it has no copy of: they are shown over their places. */
  others: readonly string[]
}

const made = new Map<string, Promise<Etc>>()

/**
 * A folder that can be shown as `/etc` in one mount: a mount for each file costs more than all the rest of a sandbox. It is
 * made once by each process, and gone with it; what a killed one left is removed by the next.
 */
export function etcWith(settings: readonly string[], hasNetwork: boolean): Promise<Etc> {
  const name = [hasNetwork, ...settings].join(':')
  const etc = made.get(name) ?? makeEtc(settings, hasNetwork ? ofTheNetwork : [])
  made.set(name, etc)
  return etc
}

async function makeEtc(settings: readonly string[], changing: readonly string[]): Promise<Etc> {
  const folder = await makeOwnTemporary('agent-eval-etc-')
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const others: string[] = []
  for (const path of settings) {
    const stats = statSync(path)
    const place = join(folder, basename(path))
    if (stats.isFile() && !changing.includes(path)) writeFileSync(place, readFileSync(path))
    else {
      others.push(path)
      if (stats.isDirectory()) mkdirSync(place)
      else writeFileSync(place, '')
    }
  }
  return { folder, others }
}
