import type { Command } from 'commander'
import type { ExitCode } from '../errors.ts'
import type { Io } from './io.ts'

/** What a verb is declared with. Its code is imported by what `run` gets, so that no verb pays for another's. */
export interface Verbs {
  readonly verb: (usage: string, description: string, examples: readonly string[]) => Command
  readonly run: (verb: () => Promise<ExitCode>) => Promise<void>
  readonly io: Io
}
