import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExecResult, GradeInput } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import type { Command } from '../model/suite.ts'
import { formatDuration } from '../util/duration.ts'
import { readTail } from '../util/output.ts'
import { shorten, visible } from '../util/visible.ts'

const tailLines = 15
const tailBytes = 4000

export interface LoggedRun {
  result: ExecResult
  timeoutMs: number
  /** Paths of the logs, which are stored with the trial. */
  stdout: string
  stderr: string
}

/**
 * Runs a command of a grader; its output goes to `NAMEstdout.log` and `NAMEstderr.log` among the grader's logs, in place of
 * those of an earlier grading. Throws if the run is interrupted.
 */
export async function runLogged(
  input: GradeInput,
  request: {
    command: Command
    cwd: string
    env: Record<string, string>
    timeoutMs: number
    stdin?: string
    maxOutputBytes?: number
    write?: string[]
  },
  name = '',
): Promise<LoggedRun> {
  const stdout = join(input.logs, `${name}stdout.log`)
  const stderr = join(input.logs, `${name}stderr.log`)
  await Promise.all([rm(stdout, { force: true }), rm(stderr, { force: true })])
  const result = await input.exec({ ...request, stdout, stderr, signal: input.signal })
  if (result.end === 'aborted') {
    input.signal.throwIfAborted()
    throw new InfraError('the grader was interrupted')
  }
  return { result, timeoutMs: request.timeoutMs, stdout, stderr }
}

/** How a command ended, as the rest of a sentence about it. */
export function howItEnded({ result, timeoutMs }: LoggedRun): string {
  switch (result.end) {
    case 'exited':
      return `ended with exit code ${result.exitCode}`
    case 'signalled':
      return `was ended by ${result.signal}`
    case 'timeout':
      return `was still running after ${formatDuration(timeoutMs)} and was ended`
    case 'output-limit':
      return 'printed more than is kept and was ended'
    case 'not-found':
      return 'was not found or cannot be executed'
    default:
      return 'was ended'
  }
}

/** The last lines of what a command printed, or a sentence that it printed nothing. */
export async function lastLines({ stdout, stderr }: LoggedRun): Promise<string> {
  const parts = await Promise.all(
    [stdout, stderr].map(async path => {
      const lines = (await readTail(path, tailBytes)).trimEnd().split('\n')
      return visible(lines.slice(-tailLines).join('\n').replaceAll('\r\n', '\n'))
    }),
  )
  const [out = '', err = ''] = parts
  if (out === '' && err === '') return 'It printed nothing.'
  return [out && `last lines of stdout:\n${out}`, err && `last lines of stderr:\n${err}`]
    .filter(Boolean)
    .join('\n')
}

/** A command as one would type it, cut where it is long. */
export function showCommand(command: Command): string {
  return shorten(typeof command === 'string' ? command : command.join(' '), 120)
}
