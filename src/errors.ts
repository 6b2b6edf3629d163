/** Exit codes of every verb. A broken gate is never green: whatever could not be measured is 2, 3 or 4. */
export const exitCodes = {
  pass: 0,
  regressed: 1,
  wrongInput: 2,
  inconclusive: 3,
  infrastructure: 4,
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The user can mend it: printed as it is, without a stack, exit code 2. */
export class UserError extends Error {
  override name = 'UserError'
}

/** One mistake in a file that the user wrote. Lines and columns start at 1. */
export interface Mistake {
  file: string
  line: number
  column: number
  message: string
}

/** All mistakes of the files that were read, at once, in the form `file:line:column: message`. */
export class InvalidInput extends UserError {
  override name = 'InvalidInput'
  readonly mistakes: readonly Mistake[]

  constructor(mistakes: readonly Mistake[]) {
    super(mistakes.map(m => `${m.file}:${m.line}:${m.column}: ${m.message}`).join('\n'))
    this.mistakes = mistakes
  }
}

/**
 * Something outside the agent and outside the user's input failed: git, a disk, a model service, a missing program.
 * Inside a trial it makes the trial *errored*; outside it ends the command with exit code 4.
 */
export class InfraError extends Error {
  override name = 'InfraError'
  /** True where the same call may succeed a moment later (a rate limit, a dropped connection). */
  readonly transient: boolean

  constructor(message: string, options: { transient?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.transient = options.transient ?? false
  }
}

/** Infrastructure and the operating system (no space, no rights, too many files), against a bug of ours. */
export function isOutside(error: unknown): error is Error {
  return error instanceof InfraError || (error instanceof Error && 'syscall' in error)
}
