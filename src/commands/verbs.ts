import type { Command } from 'commander'
import type { ExitCode } from '../errors.ts'
import type { Io } from './io.ts'
import { collect, positive } from './options.ts'

/** What a verb is declared with. Its code is imported by what `run` gets, so that no verb pays for another's. */
export interface Verbs {
  readonly verb: (usage: string, description: string, examples: readonly string[]) => Command
  readonly run: (verb: () => Promise<ExitCode>) => Promise<void>
  readonly io: Io
}

/** Which part of a suite. */
export function withSelection(verb: Command): Command {
  return verb
    .option('--task <glob>', 'only these tasks (repeatable)', collect)
    .option('--setup <glob>', 'only these setups (repeatable)', collect)
    .option('--tag <tag>', 'only tasks with one of these tags (repeatable)', collect)
    .option('--trials <n>', 'trials of each setup at each task (default: the suite’s)', positive)
}

/** How results are told. */
export function withReports(verb: Command): Command {
  return verb
    .option(
      '--report <format[=file]>',
      'also as json, junit, markdown or terminal; without a file on stdout (repeatable)',
      collect,
    )
    .option('--json', 'the whole report on stdout')
}
