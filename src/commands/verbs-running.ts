import { Option } from 'commander'
import { collect, collectPoints, dollars, points, positive } from './options.ts'
import { withReports, withSelection, type Verbs } from './verbs.ts'

/** The verbs that make results: from a first suite to a run. */
export function declareRunning({ verb, run, io }: Verbs): void {
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

  withSelection(
    verb('plan <suite>', 'what a gate can see and what it costs, before any money is spent', [
      'plan evals/dates.yaml',
      'plan evals/dates.yaml --trials 8 --drop 5',
    ]),
  )
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

  withReports(
    withSelection(
      verb('run [suite]', 'run the setups of a suite at its tasks, grade, compare', [
        'run evals/dates.yaml',
        'run evals/dates.yaml --setup guided --task utc-offset --trials 1',
        'run evals/dates.yaml --dry-run',
        'run evals/dates.yaml --base origin/main --report markdown=summary.md --report junit=results.xml',
        'run --resume latest',
        'run evals/dates.yaml --replay latest',
      ]),
    )
      .option('--concurrency <n>', 'trials at a time (default: one per core, at least 2)', positive)
      .option('--dry-run', 'show the plan and stop')
      .option(
        '--canary',
        'first let each agent prove that it can work; setups whose agent cannot are not run',
      )
      .option('--gate', 'compare with the baseline; the verdict is the exit code')
      .option('--fixed', 'a gate that runs all trials of the plan, also where its verdict is clear before')
      .option(
        '--drift',
        'with --base: also run the baseline’s own setups, to see whether the day has changed',
      )
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
      ),
  ).action((suite, options) => run(async () => (await import('./run.ts')).run(suite, options, io)))
}
