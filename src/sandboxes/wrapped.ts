import { constants } from 'node:os'
import type { Exec, ExecRequest, ExecResult } from '../contracts.ts'
import { exec } from '../util/exec.ts'
import { findProgram } from '../util/find-program.ts'
import { mounting, mustHaveMounted } from '../util/overlay.ts'

/** The command that is to run inside: its arguments, and where its program was found. */
export interface Found {
  argv: readonly string[]
  program: string
}

/** The command line that runs another one inside of something. */
export type Wrap = (inner: Found, request: ExecRequest) => Promise<string[]> | string[]

/** Exists, and can never be run. */
const noProgram = '/dev/null'

/**
 * Runs commands inside of another program, and tells of the inner command as if it had been run alone: a program that is
 * missing is `not-found`, and an end by a signal is one. Nothing is ever run outside.
 */
export function wrapped(wrap: Wrap, run: typeof exec = exec): Exec {
  return async request => {
    const argv = typeof request.command === 'string' ? ['/bin/sh', '-c', request.command] : request.command
    const program = findProgram(argv[0] ?? '', request.env['PATH'] ?? '', request.cwd)
    // The wrapper would only say in its own words that it is not there.
    if (program === null) return exec({ ...request, command: [noProgram] })
    const overlays = request.access?.overlays ?? []
    const command = await wrap({ argv, program }, request)
    const result = await run(
      { ...request, command },
      { contained: true, prelude: mounting(overlays, request.cwd) },
    )
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
