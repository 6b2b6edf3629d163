import type { ExecResult } from '../../contracts.ts'

/**
 * Whether it is unclear who ended: the engines use 125, 126 and 127 for what went wrong before the command began, a command
 * may use them for anything, and an engine's program that was killed says nothing at all.
 */
export function isUnclear({ end, exitCode }: ExecResult): boolean {
  return end === 'signalled' || (end === 'exited' && exitCode !== null && exitCode >= 125 && exitCode <= 127)
}

/** Whether a container began to run, by its `.State.StartedAt`: both engines give the year 1 to one that never did. */
export function hasStarted(startedAt: string): boolean {
  return /^\d{4}-/.test(startedAt) && !startedAt.startsWith('0001-')
}

/**
 * Whether a first process would end like this for a program that is not there or cannot be executed: docker's with 126 or
 * 127, podman's with 1 and a sentence. A hint only: the command may have said the same.
 */
export function mayBeNotFound({ end, exitCode }: ExecResult, lastWords: string): boolean {
  if (end !== 'exited') return false
  return exitCode === 126 || exitCode === 127 || (exitCode === 1 && lastWords.includes('failed to exec pid1'))
}
