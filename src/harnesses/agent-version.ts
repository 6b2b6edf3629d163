import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { InfraError } from '../errors.ts'
import type { Exec, HarnessInput, HarnessProbe } from '../contracts.ts'
import { exec as here } from '../util/exec.ts'
import { findProgram } from '../util/find-program.ts'
import { cleanEnv } from '../util/host-env.ts'
import { readTail } from '../util/output.ts'
import type { AgentCli } from './agent-cli.ts'
import { lastLines } from './last-lines.ts'

type Named = Pick<AgentCli, 'name' | 'program' | 'install'>

export interface AgentVersion {
  /** As the agent says, without its name. */
  text: string
  /** Of the file that is started; null where that is in an image. */
  sha256: string | null
  /** Whether the version is at least this one. */
  since(major: number, minor?: number): boolean
}

const known = new Map<string, Promise<AgentVersion>>()

/** Asks an agent for its version, once per process, program and image. Throws InfraError where it does not answer. */
export function askAgent(
  agent: Named,
  bin: string,
  { env, home, exec, image }: Pick<HarnessInput, 'env' | 'home' | 'exec' | 'image'>,
): Promise<AgentVersion> {
  const key = `${agent.name}\0${bin}\0${env['PATH']}\0${image}`
  const earlier = known.get(key)
  if (earlier) return earlier
  const answer = ask(agent, bin, { env, folder: home, exec, inImage: image !== null })
  known.set(key, answer)
  answer.catch(() => known.delete(key))
  return answer
}

/** Whether an agent is there, asked anew at each call. */
export async function probeAgent(agent: Named, bin: string, exec?: Exec): Promise<HarnessProbe> {
  const folder = await mkdtemp(join(tmpdir(), 'agent-eval-version-'))
  try {
    const env = cleanEnv(process.env, { home: folder, temporary: folder })
    const place = { env, folder, exec: exec ?? here, inImage: exec !== undefined }
    const { text } = await ask(agent, bin, place)
    return { ok: true, version: text, message: `${agent.name} ${text}` }
  } catch (error) {
    if (error instanceof InfraError) return { ok: false, version: null, message: error.message }
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function ask(
  agent: Named,
  bin: string,
  {
    env,
    folder,
    exec,
    inImage,
  }: { env: Record<string, string>; folder: string; exec: Exec; inImage: boolean },
): Promise<AgentVersion> {
  const log = join(folder, 'agent-version.txt')
  await rm(log, { force: true })
  const result = await exec({
    command: [bin, '--version'],
    cwd: folder,
    env: { ...env, ...quiet },
    timeoutMs: 120_000,
    stdout: log,
    stderr: log,
  })
  if (result.end === 'not-found') {
    throw new InfraError(
      `${agent.name} was not found as "${bin}": install it (${agent.install}), or give its path as harness.bin`,
    )
  }
  const text = await readTail(log, 4096)
  const version = /\b(\d+)\.(\d+)\.\d+(?:\S*[^\s.,;])?/.exec(text)
  if (result.exitCode !== 0 || !version) {
    throw new InfraError(
      `"${bin} --version" ${result.end} (${result.exitCode}): is it ${agent.name}?\n${lastLines(text)}`,
    )
  }
  const [major, minor] = [Number(version[1]), Number(version[2])]
  return {
    text: version[0],
    sha256: inImage ? null : await hashOf(bin, env['PATH'] ?? ''),
    since: (wanted, least = 0) => major > wanted || (major === wanted && minor >= least),
  }
}

/** So that asking for a version asks nothing else of the network. */
const quiet = { PI_OFFLINE: '1', DO_NOT_TRACK: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' }

async function hashOf(bin: string, path: string): Promise<string | null> {
  const file = isAbsolute(bin) ? bin : findProgram(bin, path)
  if (file === null) return null
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk)
  return hash.digest('hex')
}
