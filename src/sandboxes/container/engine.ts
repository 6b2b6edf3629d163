import { execFile } from 'node:child_process'
import { InfraError } from '../../errors.ts'
import { findProgram } from '../../util/find-program.ts'
import { leftOver, ownerLabel } from './names.ts'
import type { UserMapping } from './run-arguments.ts'

export const engineNames = ['docker', 'podman'] as const
export type EngineName = (typeof engineNames)[number]

/** A container engine that answers. */
export interface Engine {
  name: EngineName
  /** Path of its program. */
  program: string
  version: string
  user: UserMapping
}

export interface Answer {
  ok: boolean
  stdout: string
  stderr: string
}

const answerMs = 60_000

/** What is asked of each engine: its version, and what it makes of user ids. */
const questions: Record<EngineName, string> = {
  docker: '{{.ServerVersion}} {{json .SecurityOptions}}',
  podman: '{{.Version.Version}} rootless={{.Host.Security.Rootless}}',
}

/**
 * Asks an engine whether it works, and removes the containers that dead processes of ours have left in it. Throws InfraError
 * with what is missing.
 */
export async function openEngine(name: EngineName): Promise<Engine> {
  const program = findProgram(name, process.env['PATH'] ?? '')
  if (program === null) throw new InfraError(`${name}: not installed`)
  const { ok, stdout, stderr } = await askProgram(program, ['info', '--format', questions[name]])
  const [version = '', facts = ''] = splitOnce(stdout.trim())
  if (!ok || !/^\d/.test(version)) {
    throw new InfraError(`${name}: ${lastLine(stderr) || lastLine(stdout) || 'it does not answer'}`)
  }
  const engine = { name, program, version, user: userMapping(name, facts) }
  const left = await leftOver(await listContainers(engine))
  if (left.length > 0) await removeContainers(engine, left)
  return engine
}

export function userMapping(name: EngineName, facts: string): UserMapping {
  if (name === 'podman') return facts.includes('rootless=true') ? 'keep-id' : 'same'
  if (facts.includes('name=rootless')) return 'root-is-us'
  return facts.includes('name=userns') ? 'remapped' : 'same'
}

/** Runs the engine's program for a short question. Never throws: a program that cannot be run is an answer, too. */
export function ask(engine: Engine, args: readonly string[]): Promise<Answer> {
  return askProgram(engine.program, args)
}

/** What an engine's program needs to find its service and its settings: all that the user has. Containers get none of it. */
export function engineEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

/** Ends and removes containers with all their processes; one that is not there is no error. Throws InfraError. */
export async function removeContainers(engine: Engine, names: readonly string[]): Promise<void> {
  const { ok, stderr } = await ask(engine, [...removal(engine.name), ...names])
  const failed = stderr
    .split('\n')
    .filter(line => line !== '' && !/no such container|no container with/i.test(line))
  if (ok || failed.length === 0) return
  throw new InfraError(`${engine.name} could not remove a container: ${failed.join('; ')}`)
}

/** podman would ask politely first, and wait. */
export function removal(name: EngineName): string[] {
  return ['rm', '--force', '--volumes', ...(name === 'podman' ? ['--time', '0'] : [])]
}

async function listContainers(engine: Engine): Promise<string[]> {
  const args = ['ps', '--all', '--filter', `label=${ownerLabel}`, '--format', '{{.Names}}']
  const { stdout } = await ask(engine, args)
  return stdout.split('\n').filter(line => line !== '')
}

function askProgram(program: string, args: readonly string[]): Promise<Answer> {
  return new Promise(resolve => {
    execFile(program, [...args], { timeout: answerMs, maxBuffer: 1 << 24 }, (error, stdout, stderr) =>
      resolve({ ok: error === null, stdout, stderr: stderr || (error === null ? '' : error.message) }),
    )
  })
}

function splitOnce(text: string): string[] {
  const at = text.indexOf(' ')
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** The last thing that an engine said, without the advice that docker puts behind it; empty if there is nothing. */
export function lastLine(text: string): string {
  const lines = text.split('\n').map(line => line.trim())
  return lines.findLast(line => line !== '' && !/--help'?\.?$|^Run '|^See '/.test(line)) ?? ''
}
