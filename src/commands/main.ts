import { Command, Option } from 'commander'
import { exitCodes, type ExitCode } from '../errors.ts'
import { version } from '../version.ts'
import { explain } from './explain.ts'
import { tell, type Io } from './io.ts'
import { age, collect, collectPoints, dollars, percent, points, positive, size } from './options.ts'

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

  const verb = (usage: string, description: string, examples: string[]): Command =>
    program
      .command(usage)
      .description(description)
      .exitOverride()
      .addHelpText('after', `\nExamples:\n${examples.map(example => `  agent-eval ${example}`).join('\n')}`)

  verb('init', 'write a first suite for the repository you stand in', [
    'init',
    'init --name parser --tasks 5',
  ])
    .option('--name <name>', 'name of the suite (default: the folder’s)')
    .option('--tasks <n>', 'how many tasks to make of past commits', positive, 3)
    .option('--force', 'write over an existing agent-eval.yaml')
    .option('--json', 'data on stdout')
    .action(options => run(async () => (await import('./init.ts')).init(options, io)))

  verb('validate <suite>', 'check a suite; with --prove also that each task can be solved', [
    'validate evals/dates.yaml',
    'validate evals/dates.yaml --prove --task utc-offset',
  ])
    .option('--prove', 'the reference patch of each task must pass, and no change at all must fail')
    .option('--task <glob>', 'only these tasks (repeatable)', collect)
    .option('--tag <tag>', 'only tasks with one of these tags (repeatable)', collect)
    .option('--repeat <n>', 'prove each task so many times, to find flaky tests', positive, 1)
    .option('--concurrency <n>', 'tasks at a time (default: one per core)', positive)
    .option('--json', 'data on stdout')
    .action((suite, options) => run(async () => (await import('./validate.ts')).validate(suite, options, io)))

  verb('plan <suite>', 'what a gate can see and what it costs, before any money is spent', [
    'plan evals/dates.yaml',
    'plan evals/dates.yaml --trials 8 --drop 5',
  ])
    .option('--task <glob>', 'only these tasks (repeatable)', collect)
    .option('--setup <glob>', 'only these setups (repeatable)', collect)
    .option('--tag <tag>', 'only tasks with one of these tags (repeatable)', collect)
    .option('--trials <n>', 'trials of each setup at each task (default: the suite’s)', positive)
    .option(
      '--margin <points>',
      'the largest acceptable drop, in percentage points (default: the suite’s)',
      points,
    )
    .option(
      '--drop <points>',
      'also how many trials a drop of so many points takes (repeatable)',
      collectPoints,
    )
    .option('--baseline <file>', 'another baseline than the suite’s')
    .option('--concurrency <n>', 'trials at a time (default: one per core, at least 2)', positive)
    .option('--eager', 'for a gate that stops still earlier')
    .option('--json', 'data on stdout')
    .action((suite, options) => run(async () => (await import('./plan.ts')).plan(suite, options, io)))

  verb('run [suite]', 'run the setups of a suite at its tasks, grade, compare', [
    'run evals/dates.yaml',
    'run evals/dates.yaml --setup guided --task utc-offset --trials 1',
    'run evals/dates.yaml --dry-run',
    'run evals/dates.yaml --base origin/main --report markdown=summary.md --report junit=results.xml',
    'run --resume latest',
    'run evals/dates.yaml --replay latest',
  ])
    .option('--task <glob>', 'only these tasks (repeatable)', collect)
    .option('--setup <glob>', 'only these setups (repeatable)', collect)
    .option('--tag <tag>', 'only tasks with one of these tags (repeatable)', collect)
    .option('--trials <n>', 'trials of each setup at each task (default: the suite’s)', positive)
    .option('--concurrency <n>', 'trials at a time (default: one per core, at least 2)', positive)
    .option('--dry-run', 'show the plan and stop')
    .option('--canary', 'first let each agent prove that it can work; setups whose agent cannot are not run')
    .option('--gate', 'compare with the baseline; the verdict is the exit code')
    .option('--fixed', 'a gate that runs all trials of the plan, also where its verdict is clear before')
    .option('--drift', 'with --base: also run the baseline’s own setups, to see whether the day has changed')
    .option('--eager', 'a gate that stops still earlier, and misses a little more')
    .option('--base <commit>', 'gate by the rules that the suite has in this commit')
    .option('--approve <item>', 'with --base: agree to a change of the rules (repeatable)', collect)
    .option('--baseline <file>', 'another baseline than the suite’s')
    .option('--strict', 'inconclusive is exit code 3 rather than 0')
    .option('--force', 'also compare what was not measured alike')
    .option('--resume <run>', 'finish a run that was interrupted')
    .option('--record', 'keep all requests to models and their answers with the trials')
    .option('--replay <run>', 'answer from what this run recorded: no network, no keys, no costs')
    .addOption(
      new Option(
        '--replay-mode <mode>',
        'strict (default): each request must be as recorded; loose: only the order counts',
      ).choices(['strict', 'loose']),
    )
    .option('--max-cost <usd>', 'most that the run may cost (default: the suite’s budget)', dollars)
    .option('--max-tokens <n>', 'most tokens of the run, likewise', positive)
    .option('--max-turns <n>', 'most model calls of the run, likewise', positive)
    .addOption(
      new Option(
        '--isolation <level>',
        'at least so well apart (default: the best up to sandbox that works), or nothing runs',
      ).choices(['none', 'process', 'sandbox', 'container']),
    )
    .option(
      '--report <format[=file]>',
      'also as json, junit, markdown or terminal; without a file on stdout (repeatable)',
      collect,
    )
    .option('--json', 'the whole report on stdout')
    .action((suite, options) => run(async () => (await import('./run.ts')).run(suite, options, io)))

  verb('grade <run>', 'judge stored patches again, without running an agent', [
    'grade latest',
    'grade latest --suite evals/dates.yaml',
  ])
    .option('--suite <file>', 'with the graders of this file rather than those the run had')
    .option('--concurrency <n>', 'trials at a time', positive)
    .option(
      '--report <format[=file]>',
      'also as json, junit, markdown or terminal; without a file on stdout (repeatable)',
      collect,
    )
    .option('--json', 'the whole report on stdout')
    .action((reference, options) =>
      run(async () => (await import('./grade.ts')).grade(reference, options, io)),
    )

  verb(
    'compare <a> [others...]',
    'runs, setups of runs (RUN:SETUP) or baseline files, side by side; all against the first',
    [
      'compare latest',
      'compare latest:bare latest:guided',
      'compare latest:large latest:small --not-worse 3 --cheaper 20',
      'compare evals/baselines/dates.json latest',
    ],
  )
    .option(
      '--margin <points>',
      'the largest drop that is still acceptable, in percentage points',
      points,
      10,
    )
    .option(
      '--not-worse <points>',
      'claim: not worse than by so many points; exit code 1 if refuted, 3 if not shown',
      points,
    )
    .option('--cheaper <percent>', 'claim: so many percent cheaper, likewise', percent)
    .option('--p-values', 'also the p values of the test')
    .option(
      '--report <format[=file]>',
      'also as json, markdown or terminal; without a file on stdout (repeatable)',
      collect,
    )
    .option('--json', 'data on stdout')
    .action((a, others, options) =>
      run(async () => (await import('./compare.ts')).compare(a, others, options, io)),
    )

  verb('gate <run>', 'compare a run with the baseline; the verdict is the exit code', [
    'gate latest',
    'gate latest --strict',
  ])
    .option('--baseline <file>', 'another baseline than the suite’s')
    .option('--strict', 'inconclusive is exit code 3 rather than 0')
    .option('--force', 'also compare what was not measured alike')
    .option(
      '--report <format[=file]>',
      'also as json, junit, markdown or terminal; without a file on stdout (repeatable)',
      collect,
    )
    .option('--json', 'the whole report on stdout')
    .action((reference, options) => run(async () => (await import('./gate.ts')).gate(reference, options, io)))

  const baseline = verb('baseline', 'what gates compare with', [
    'baseline accept latest --reason "first baseline, reviewed by hand"',
  ])
  baseline
    .command('accept <run>')
    .description('make what a run measured the baseline')
    .exitOverride()
    .requiredOption('--reason <text>', 'why, in a sentence: it is kept in the file')
    .option('--setup <name>', 'only these setups (repeatable)', collect)
    .option('--file <file>', 'another file than the suite’s')
    .option('--partial', 'also from an interrupted run, or one with fewer tasks than before')
    .option('--replace', 'in the place of earlier trials of the same setup, rather than joined with them')
    .option('--new-anchor', 'forget the first baseline, beside which every later one is held')
    .option('--json', 'data on stdout')
    .addHelpText(
      'after',
      '\nExamples:\n  agent-eval baseline accept latest --reason "first baseline, reviewed by hand"',
    )
    .action((reference, options) =>
      run(async () => (await import('./baseline.ts')).accept(reference, options, io)),
    )

  verb('calibrate <run>', 'how far the judges of a run agree with people; exit code 3 if one may not gate', [
    'calibrate latest --labels labels.csv',
  ])
    .requiredOption(
      '--labels <file>',
      'CSV with the columns trial, grader and pass, or the same as a JSON list',
    )
    .option('--grader <name>', 'only this grader')
    .option('--json', 'data on stdout')
    .action((reference, options) =>
      run(async () => (await import('./calibrate.ts')).calibrate(reference, options, io)),
    )

  verb('list [what]', 'runs; the trials of a RUN; the tasks and setups of a SUITE file', [
    'list',
    'list latest',
    'list evals/dates.yaml',
  ])
    .option('--json', 'data on stdout')
    .action((what, options) => run(async () => (await import('./list.ts')).list(what, options, io)))

  verb('show <trial>', 'one trial: grades, transcript, patch', [
    'show utc-offset/guided/0',
    'show utc-offset/guided/0 --run 20261101-1200',
    'show utc-offset/guided/0 --calls',
  ])
    .option('--run <run>', 'of this run (default: the latest)', 'latest')
    .option('--calls', 'each of its model calls, as the gateway saw them')
    .option('--json', 'data on stdout')
    .action((trial, options) => run(async () => (await import('./show.ts')).show(trial, options, io)))

  verb('scan <run>', 'look for values of secrets in all files of a stored run', [
    'scan latest',
    'scan latest --env GITHUB_TOKEN',
  ])
    .option('--env <name>', 'also the value of this variable (repeatable)', collect)
    .option('--json', 'data on stdout')
    .action((reference, options) => run(async () => (await import('./scan.ts')).scan(reference, options, io)))

  verb('verify <run>', 'derive the results of a run again from its evidence, running nothing', [
    'verify latest',
    'verify latest --json',
  ])
    .option('--json', 'data on stdout')
    .action((reference, options) =>
      run(async () => (await import('./verify.ts')).verify(reference, options, io)),
    )

  const cache = verb('cache', 'mirrors, checkouts, what was prepared and packages, for all runs', [
    'cache list',
    'cache verify --fix',
    'cache prune --max-size 20GB --older-than 30d',
  ])
  cache
    .command('list')
    .description('what is there, how large, and when it was last used')
    .exitOverride()
    .option('--json', 'data on stdout')
    .action(options => run(async () => (await import('./cache.ts')).list(options, io)))
  cache
    .command('verify')
    .description('whether it still is what was put there; exit code 1 if not')
    .exitOverride()
    .option('--fix', 'remove what is damaged')
    .option('--json', 'data on stdout')
    .action(options => run(async () => (await import('./cache.ts')).verify(options, io)))
  cache
    .command('prune')
    .description('remove what was not used for longest, never what a run uses now')
    .exitOverride()
    .option('--max-size <size>', 'what may be left (default: AGENT_EVAL_CACHE_LIMIT or 20GB)', size)
    .option('--older-than <age>', 'what was not used for so long: 12h, 30d, 8w', age)
    .option('--dry-run', 'only say what would go')
    .option('--json', 'data on stdout')
    .action(options => run(async () => (await import('./cache.ts')).prune(options, io)))

  verb('schema', 'the JSON Schema of suite files, for editors', [
    'schema > .vscode/agent-eval.schema.json',
  ]).action(() => run(async () => (await import('./schema.ts')).schema(io)))

  verb('doctor [suite]', 'what is here, and whether each agent works: node, git, isolation, agents, keys', [
    'doctor',
    'doctor --quick',
    'doctor evals/dates.yaml --setup guided',
  ])
    .option('--setup <glob>', 'with a suite: only these setups (repeatable)', collect)
    .option('--quick', 'without canaries: agents are looked for, and not tried')
    .option('--json', 'data on stdout')
    .addHelpText(
      'after',
      `
Without a suite each agent that is installed reads a word from a file and writes it to another, driven by a built-in scripted
model on this machine: no key, no cost, nothing leaves it. With a suite each setup's agent does so with its own service and
model, which costs a few model calls. Exit code 4 if something is missing or an agent cannot work.`,
    )
    .action((suite, options) => run(async () => (await import('./doctor.ts')).doctor(suite, options, io)))

  return program
}
