import { CommanderError } from 'commander'
import { UserError, exitCodes, isOutside, type ExitCode } from '../errors.ts'
import { version } from '../version.ts'
import { tell, type Io } from './io.ts'

/** Tells why a verb failed, and gives its exit code. */
export function explain(error: unknown, io: Io): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.pass : exitCodes.wrongInput
  if (error instanceof UserError) {
    tell(io, `error: ${error.message}`)
    return exitCodes.wrongInput
  }
  if (isOutside(error)) {
    tell(io, `error: ${error.message}`)
    return exitCodes.infrastructure
  }
  tell(io, `This is a bug of agent-eval ${version}; please report it with these lines:`)
  tell(io, error instanceof Error ? (error.stack ?? error.message) : String(error))
  return exitCodes.infrastructure
}
