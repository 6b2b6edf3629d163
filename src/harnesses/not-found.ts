import { InfraError } from '../errors.ts'

/** What is thrown where the agent's program is not there. */
export function notFound(program: string): InfraError {
  return new InfraError(
    `the agent's program ${program} was not found or cannot be executed: install it, or name it with its path`,
  )
}
