import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Access, ExecRequest, ExecResult } from '../../contracts.ts'
import { InfraError } from '../../errors.ts'
import { exec } from '../../util/exec.ts'
import { readTail } from '../../util/output.ts'
import { ownProcessName } from '../../util/process-name.ts'
import { asInner } from '../wrapped.ts'
import { hasStarted, isUnclear, mayBeNotFound } from './ends.ts'
import { ask, engineEnvironment, lastLine, removeContainers, type Engine } from './engine.ts'
import { passEnvironment, withProgramsOf } from './environment.ts'
import { newContainerName, ownerLabel } from './names.ts'
import { runArguments } from './run-arguments.ts'

/** An image that works here. */
export interface KnownImage {
  id: string
  /** PATH of its programs; null as long as nothing has run there. */
  path: string | null
  /** A file to be its /etc/passwd; null where it has a good one. */
  passwd: string | null
}

/** Where and with what containers are started. */
export interface ContainerPlace {
  engine: Engine
  /** A private folder of this process. */
  folder: string
}

/** Finds out whether a program is there, as `$1`; the names of builtins stand for themselves. */
const isThere = 'p=$(command -v "$1") || exit 1; case $p in */*) test -x "$p" && test ! -d "$p";; esac'

/**
 * Runs a command in a container of its own, and tells of it as if it had run alone. When it resolves the container is gone.
 * Throws InfraError where the engine failed, or the container cannot be removed.
 */
export async function runInContainer(
  place: ContainerPlace,
  image: KnownImage,
  request: ExecRequest & { access: Access },
): Promise<ExecResult> {
  const { command } = request
  const argv = typeof command === 'string' ? ['/bin/sh', '-c', command] : command
  const { result, hasRun } = await runOnce(place, image, { ...request, command: argv })
  const lastWords = lastLine(await readTail(request.stderr, 4096))
  if (!hasRun) {
    const said = lastWords || 'it said nothing'
    throw new InfraError(`${place.engine.name} could not run a container: ${said}`)
  }
  if (typeof command === 'string' || !mayBeNotFound(result, lastWords)) return asInner(result)
  // Looked up by what the command had: nobody could have told that better than the image itself.
  const log = join(place.folder, 'lookup')
  const lookup = await runOnce(place, image, {
    ...request,
    command: ['/bin/sh', '-c', isThere, 'sh', argv[0] ?? ''],
    timeoutMs: 60_000,
    stdin: '',
    onLine: undefined,
    stdout: log,
    stderr: log,
  })
  if (!lookup.hasRun || lookup.result.end !== 'exited' || lookup.result.exitCode === 0) return result
  return { ...result, end: 'not-found', exitCode: null }
}

/** `hasRun`: false if the engine never started the command. */
async function runOnce(
  { engine, folder }: ContainerPlace,
  image: KnownImage,
  request: ExecRequest & { access: Access; command: readonly string[] },
): Promise<{ result: ExecResult; hasRun: boolean }> {
  const name = await newContainerName()
  const own = await mkdtemp(join(folder, 'run-'))
  try {
    const passed = passEnvironment(withProgramsOf(image.path, request.env, process.env['PATH'] ?? ''))
    const envFile = join(own, 'env')
    await writeFile(envFile, passed.file, { mode: 0o600 })
    const args = runArguments({
      name,
      label: `${ownerLabel}=${await ownProcessName()}`,
      image: image.id,
      argv: request.command,
      cwd: request.cwd,
      access: request.access,
      read: readable(request),
      envFile,
      envNames: Object.keys(passed.own),
      takesInput: request.stdin !== undefined,
      user: engine.user,
      ids: ownIds(),
      passwd: image.passwd,
    })
    const result = await exec({
      ...request,
      command: [engine.program, ...args],
      env: { ...engineEnvironment(), ...passed.own },
    })
    if (result.end === 'not-found') throw new InfraError(`${engine.program} is gone`)
    const hasRun = !isUnclear(result) || (await isStarted(engine, name))
    return { result: { ...result, leftovers: null }, hasRun: hasRun && result.end !== 'signalled' }
  } finally {
    await rm(own, { recursive: true, force: true })
    await removeContainers(engine, [name])
  }
}

/** Null on Windows. */
export function ownIds(): { uid: number; gid: number } | null {
  return process.getuid && process.getgid ? { uid: process.getuid(), gid: process.getgid() } : null
}

/** Of what it may read what is there: a folder that is not would be an error of the engine. Certificates are named by variables. */
function readable({ access, env }: ExecRequest & { access: Access }): string[] {
  const certificates = Object.entries(env)
    .filter(([name, value]) => /(CERT|CA_BUNDLE|CAINFO)/.test(name) && value.startsWith('/'))
    .map(([, value]) => value)
  return [...access.read, ...certificates].filter(path => existsSync(path))
}

async function isStarted(engine: Engine, name: string): Promise<boolean> {
  const { ok, stdout } = await ask(engine, ['container', 'inspect', '--format', '{{.State.StartedAt}}', name])
  return ok && hasStarted(stdout.trim())
}
