import { collect, percent, points, positive } from './options.ts'
import { withReports, type Verbs } from './verbs.ts'

/** The verbs that read results: judge again, compare, accept, look at. */
export function declareResults({ verb, run, io }: Verbs): void {
  withReports(
    verb('grade <run>', 'judge stored patches again, without running an agent', [
      'grade latest',
      'grade latest --suite evals/dates.yaml',
    ])
      .option('--suite <file>', 'with the graders of this file rather than those the run had')
      .option('--concurrency <n>', 'trials at a time', positive),
  ).action((reference, options) =>
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

  withReports(
    verb('gate <run>', 'compare a run with the baseline; the verdict is the exit code', [
      'gate latest',
      'gate latest --strict',
    ])
      .option('--baseline <file>', 'another baseline than the suite’s')
      .option('--strict', 'inconclusive is exit code 3 rather than 0')
      .option('--force', 'also compare what was not measured alike'),
  ).action((reference, options) => run(async () => (await import('./gate.ts')).gate(reference, options, io)))

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
}
