import { Command } from 'commander'
import { exitCodes, type ExitCode } from '../errors.ts'
import { version } from '../version.ts'
import { explain } from './explain.ts'
import { tell, type Io } from './io.ts'
import { declareResults } from './verbs-results.ts'
import { declareRunning } from './verbs-running.ts'
import { declareUpkeep } from './verbs-upkeep.ts'
import type { Verbs } from './verbs.ts'

/** Declares the verbs and turns what they throw into exit codes. A verb's code is loaded when it is called. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  const io: Io = { cwd: process.cwd(), env: process.env, stdout: process.stdout, stderr: process.stderr }
  // A reader that went away (`| head`) is no fault. A full disk is, and must not end the program with 1: that means regressed.
  for (const [name, stream] of Object.entries({ output: io.stdout, messages: io.stderr })) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return
      if (stream === io.stdout) tell(io, `error: the ${name} cannot be written: ${error.message}`)
      process.exit(exitCodes.infrastructure)
    })
  }
  let code: ExitCode = exitCodes.pass
  const program = declare(io, async verb => {
    // Most schemas are used once: compiling each takes longer than all that they check.
    ;(await import('zod')).config({ jitless: true })
    code = await verb()
  })
  try {
    await program.parseAsync([...argv])
    return code
  } catch (error) {
    return explain(error, io)
  }
}

function declare(io: Io, run: (verb: () => Promise<ExitCode>) => Promise<void>): Command {
  const program = new Command('agent-eval')
    .description('Tells whether your coding agents got better or worse, measured on real repositories.')
    .version(version, '-V, --version')
    .exitOverride()
    .showHelpAfterError('(agent-eval --help shows all verbs)')
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      `
Exit codes: 0 pass, 1 regressed (or not proven, or found damaged), 2 wrong input, 3 inconclusive or to be approved, 4 infrastructure failed, 130 interrupted

Examples:
  agent-eval init                                  a first suite for this repository
  agent-eval validate agent-eval.yaml --prove      each task can be solved and is not solved yet
  agent-eval run agent-eval.yaml                   run all setups, side by side
  agent-eval baseline accept latest --reason "…"   from now on compare with this run
  agent-eval run agent-eval.yaml --gate            in CI: exit code 1 if it got worse`,
    )

  const verb: Verbs['verb'] = (usage, description, examples) =>
    program
      .command(usage)
      .description(description)
      .exitOverride()
      .addHelpText('after', `\nExamples:\n${examples.map(example => `  agent-eval ${example}`).join('\n')}`)

  const verbs: Verbs = { verb, run, io }
  declareRunning(verbs)
  declareResults(verbs)
  declareUpkeep(verbs)
  return program
}
