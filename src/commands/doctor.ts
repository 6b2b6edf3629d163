import { mkdir, statfs } from 'node:fs/promises'
import { execa } from 'execa'
import { InfraError, UserError, exitCodes, type ExitCode } from '../errors.ts'
import { knownServices } from '../harnesses/known-services.ts'
import { levels } from '../sandboxes/index.ts'
import { renderChecks, type Check } from '../reporters/checks.ts'
import { paintFor } from '../reporters/paint.ts'
import { enforcement } from '../util/limits.ts'
import { agentChecks } from './doctor-agents.ts'
import { folders } from './folders.ts'
import { answerJson, tell, type Io } from './io.ts'
import { sandboxFor } from './wiring.ts'

/** The keys that the known agents read. Only whether they are set is looked at, never their values. */
const keys = [...Object.values(knownServices).flatMap(service => service.keys), 'GITHUB_TOKEN']

export interface DoctorOptions {
  json?: boolean
  quick?: boolean
  /** With a suite: globs of the setups that are tried. */
  setup?: string[]
}

/**
 * `agent-eval doctor [SUITE]`: what is here, what is missing, and whether each agent works. Exit code 4 if something that every
 * run needs is missing, or an agent that is here does not work.
 */
export async function doctor(suite: string | undefined, options: DoctorOptions, io: Io): Promise<ExitCode> {
  if (suite !== undefined) return (await import('./doctor-suite.ts')).doctorSuite(suite, options, io)
  if (options.setup) throw new UserError('--setup is about the setups of a suite: name its file')
  const agents = await agentChecks(options.quick ?? false, io)
  if (agents === null) return exitCodes.interrupted
  const checks: Check[] = [
    node(),
    await git(),
    ...(await isolation()),
    await limits(),
    ...(await places(io)),
    ...agents,
    ...keys.map((name): Check => ({
      group: 'keys',
      name,
      state: io.env[name] ? 'ok' : 'absent',
      message: io.env[name] ? 'is set' : 'is not set',
    })),
  ]
  const ok = checks.every(check => check.state !== 'broken')
  if (options.json) answerJson(io, { ok, checks })
  else tell(io, renderChecks(checks, paintFor(io.stderr, io.env), io.stderr.columns))
  return ok ? exitCodes.pass : exitCodes.infrastructure
}

function node(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const ok = major > 20 || (major === 20 && minor >= 19)
  return {
    group: 'base',
    name: 'node',
    state: ok ? 'ok' : 'broken',
    message: ok ? process.version : `${process.version} is too old: install Node.js 20.19 or newer`,
  }
}

async function git(): Promise<Check> {
  const { stdout, failed } = await execa('git', ['--version'], { reject: false, timeout: 10_000 })
  const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(stdout)?.slice(1) ?? []).map(Number)
  const ok = !failed && (major > 2 || (major === 2 && minor >= 30))
  const message = ok
    ? stdout
    : failed
      ? 'not found: install git 2.30 or newer'
      : `${stdout} is too old: install git 2.30 or newer`
  return { group: 'base', name: 'git', state: ok ? 'ok' : 'broken', message }
}

async function isolation(): Promise<Check[]> {
  return Promise.all(
    levels.map(async (level): Promise<Check> => {
      try {
        const { description } = await sandboxFor(level)
        return { group: 'isolation', name: level, state: 'ok', message: description }
      } catch (error) {
        if (!(error instanceof InfraError)) throw error
        return { group: 'isolation', name: level, state: 'absent', message: error.message }
      }
    }),
  )
}

async function limits(): Promise<Check> {
  const { by, missing } = await enforcement({ memoryBytes: 1, cpus: 1, processes: 1 })
  const not = missing.map(name => ({ memoryBytes: 'memory', cpus: 'cpus', processes: 'processes' })[name])
  return {
    group: 'isolation',
    name: 'limits',
    state: missing.length === 0 ? 'ok' : 'absent',
    message: `by ${by}${not.length === 0 ? '' : `; cannot limit ${not.join(', ')}: no control group can be written to`}`,
  }
}

async function places(io: Io): Promise<Check[]> {
  const { cache, work } = folders(io)
  return Promise.all(
    Object.entries({ cache, work }).map(async ([name, path]): Promise<Check> => {
      try {
        await mkdir(path, { recursive: true, mode: 0o700 })
        const { bavail, bsize } = await statfs(path)
        const freeGb = (bavail * bsize) / 2 ** 30
        const message = `${path}, ${freeGb.toFixed(1)} GB free`
        return {
          group: 'base',
          name,
          state: freeGb < 1 ? 'broken' : 'ok',
          message: freeGb < 1 ? `${message}: too little, free some` : message,
        }
      } catch (error) {
        return { group: 'base', name, state: 'broken', message: `${path}: ${String(error)}` }
      }
    }),
  )
}
