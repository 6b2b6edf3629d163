import { constants } from 'node:os'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Exec, ExecRequest, ExecResult } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import { exec } from '../util/exec.ts'
import { findProgram } from '../util/find-program.ts'
import { mounted, mustHaveMounted } from '../util/overlay.ts'
import { readTail } from '../util/output.ts'

/** The command line that runs another one inside of something: `argv` is that of the inner command. */
export type Wrap = (argv: readonly string[], request: ExecRequest) => Promise<string[]> | string[]

/**
 * Runs commands inside of another program, and tells of the inner command as if it had been run alone: a program that is
 * missing is `not-found`, and an end by a signal is one.
 */
export function wrapped(wrap: Wrap, run: Exec = exec): Exec {
  return async request => {
    const argv = typeof request.command === 'string' ? ['/bin/sh', '-c', request.command] : request.command
    const program = await findProgram(argv[0] ?? '', request.env['PATH'] ?? '')
    // Tried without the wrapper, which would only say in its own words that it is not there.
    if (program === null) return exec({ ...request, command: [...argv] })
    const overlays = request.access?.overlays ?? []
    const command = mounted(overlays, request.cwd, await wrap(argv, request))
    const result = await run({ ...request, command })
    mustHaveMounted(overlays)
    return asInner(result)
  }
}

/** Shells, bubblewrap and the first processes of containers give 128 + the number of the signal that ended their command. */
export function asInner(result: ExecResult): ExecResult {
  const { end, exitCode } = result
  if (end !== 'exited' || exitCode === null || exitCode <= 128) return result
  const signal = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0]
  return signal === undefined ? result : { ...result, end: 'signalled', exitCode: null, signal }
}

/** Throws InfraError unless a command really ran inside, as process 2 or so of its own. */
export async function probeBy(name: string, run: Exec): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'agent-eval-probe-'))
  const output = join(folder, 'output')
  try {
    const result = await run({
      command: ['/bin/sh', '-c', 'test "$$" -lt 20 && ls /proc/self >/dev/null'],
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
      timeoutMs: 10_000,
      stdout: output,
      stderr: output,
      access: { write: [folder], read: [], network: 'off' },
    })
    if (result.end === 'exited' && result.exitCode === 0) return
    const said = (await readTail(output, 500)).trim()
    throw new InfraError(`${name}: ${said || `${result.end}, exit code ${result.exitCode}`}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
