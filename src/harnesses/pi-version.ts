import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { InfraError } from '../errors.ts'
import type { Exec } from '../contracts.ts'
import { readTail } from '../util/output.ts'
import { lastLines } from './last-lines.ts'

export interface PiVersion {
  text: string
  /** `-a` trusts the skills and settings of the project; without it they are not read. */
  hasApprove: boolean
  /** An API key in models.json is the name of a variable as `$NAME`; before, as the bare name. */
  hasDollarNames: boolean
}

const known = new Map<string, Promise<PiVersion>>()

/** Asks pi for its version, once per process, program and image. Throws InfraError where it does not answer. */
export function piVersion(
  bin: string,
  env: Record<string, string>,
  folder: string,
  exec: Exec,
  image: string | null = null,
): Promise<PiVersion> {
  const key = `${bin}\0${env.PATH}\0${image}`
  const asked = known.get(key)
  if (asked) return asked
  const answer = askPi(bin, env, folder, exec)
  known.set(key, answer)
  answer.catch(() => known.delete(key))
  return answer
}

/** The same, at each call. */
export async function askPi(
  bin: string,
  env: Record<string, string>,
  folder: string,
  exec: Exec,
): Promise<PiVersion> {
  const log = join(folder, 'pi-version.txt')
  await rm(log, { force: true })
  const result = await exec({
    command: [bin, '--version'],
    cwd: folder,
    env: { ...env, PI_OFFLINE: '1' },
    timeoutMs: 60_000,
    stdout: log,
    stderr: log,
  })
  if (result.end === 'not-found') {
    throw new InfraError(
      `pi was not found as "${bin}": install it (npm install -g @mariozechner/pi-coding-agent), or give its path as harness.bin`,
    )
  }
  const text = await readTail(log, 4096)
  const version = /\b(\d+)\.(\d+)\.\d+\S*/.exec(text)
  if (result.exitCode !== 0 || !version) {
    throw new InfraError(
      `"${bin} --version" ${result.end} (${result.exitCode}): is it pi?\n${lastLines(text)}`,
    )
  }
  const [major, minor] = [Number(version[1]), Number(version[2])]
  const since = (wanted: number): boolean => major > 0 || minor >= wanted
  return { text: version[0], hasApprove: since(79), hasDollarNames: since(77) }
}
