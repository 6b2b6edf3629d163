import { expect, test } from 'vitest'
import type { Trial } from '../model/trial.ts'
import { colourPaint, plainPaint } from './paint.ts'
import { renderTerminal } from './terminal.ts'
import { sampleComparison } from './testing/comparison.ts'
import { sampleReport, sampleTrial, sampleTrials } from './testing/report.ts'

const style = {
  paint: plainPaint,
  columns: 80,
  cwd: '/repo',
  folder: '/repo/.agent-eval/runs/20260102-030405-dates-1a2b',
}
const bare = { label: 'bare', setup: 'bare' }
const guided = { label: 'guided', setup: 'guided' }

const redTrials: Trial[] = [
  ...sampleTrials('utc-offset', 'bare', 5, 0),
  ...sampleTrials('utc-offset', 'guided', 1, 4, "1 of 4 tests failed: expected '+05:30'"),
  ...sampleTrials('plugin-order', 'bare', 3, 2, '3 files changed outside of src/**'),
  ...sampleTrials('plugin-order', 'guided', 2, 3),
  sampleTrial({ task: 'leap-year-in-a-locale-with-a-name-that-is-too-long', setup: 'bare' }),
  sampleTrial({
    task: 'leap-year-in-a-locale-with-a-name-that-is-too-long',
    setup: 'guided',
    end: 'crashed',
    reason: '\u001b[31mSegmentation fault\u001b[0m',
  }),
  sampleTrial({ task: 'iso-week', setup: 'bare', end: 'errored', reason: 'npm ci: no network' }),
  sampleTrial({ task: 'iso-week', setup: 'guided', end: 'errored', reason: 'npm ci: no network' }),
]

const redComparison = sampleComparison(
  bare,
  guided,
  [
    ['utc-offset', '5/5', '1/5', 'regressed'],
    ['plugin-order', '3/5', '2/5', 'inconclusive'],
    ['leap-year-in-a-locale-with-a-name-that-is-too-long', '1/1', '0/1', 'inconclusive'],
    ['iso-week', '0/0', '0/0', 'incomparable'],
  ],
  {
    decision: 'regressed',
    reasons: [
      'Pass rate fell from 82 % to 27 % (-55 points, likely between -61 and -49). This check cries wolf in at most 5 of 100 unchanged setups.',
      'Broken task: utc-offset (5/5 -> 1/5).',
    ],
  },
)

test('a green run of one setup takes six lines', () => {
  const trials = ['utc-offset', 'plugin-order', 'iso-week'].flatMap(task =>
    sampleTrials(task, 'guided', 5, 0),
  )
  expect(renderTerminal(sampleReport(trials), style)).toMatchInlineSnapshot(`
    "ALL 15 TRIALS PASSED. dates
      guided: pass rate 100 % (15 of 15, likely 92-100)
    spent      $2.55, 12m 4s; per trial $0.17, 12.3k tokens, 38s
    isolation  none - agents ran with your user's rights; network: open
    results    .agent-eval/runs/20260102-030405-dates-1a2b
    next       agent-eval baseline accept 20260102-030405-dates-1a2b --reason "...""
  `)
})

test('a red run of two setups starts with the verdict and ends with what to type next', () => {
  const report = sampleReport(redTrials, { comparisons: [redComparison] })
  expect(renderTerminal(report, style)).toMatchInlineSnapshot(`
    "REGRESSED. Pass rate fell from 82 % to 27 % (-55 points, likely between -61 and
      -49). This check cries wolf in at most 5 of 100 unchanged setups.
      Broken task: utc-offset (5/5 -> 1/5).
      dates: 12 of 22 trials passed, 9 failed, 1 crashed; 2 errored

      task                    bare        guided      change
      utc-offset              5/5         1/5         worse
      plugin-order            3/5         2/5         ~
      leap-year-i…s-too-long  1/1         0/1         lower?
      iso-week                -           -           n/c

      3 of 4 tasks            82 % of 11  27 % of 11  -55 points
        likely                60-100 %    3-52 %      -61 to -49
      cost per trial          $0.17       $0.17       +18 %, likely +5 to +33 (n 25)
      tokens per trial        12.3k       12.3k       +2 %, likely -3 to +7 (n 25)
      time per trial          38s         38s
      turns per trial         6           6
      ~: no difference shown
      lower?, higher?: not sure of this task alone, more trials of it would tell
      n/c: not comparable (the task changed, or nothing was graded on one side)
      per trial: mean over tasks; its change: that of a typical task (geometric
        mean)
      on new tasks like these: likely -75 to -35 points

    Failed: 9 trials (the agent's work did not pass)
      4 of 5  utc-offset/guided/1    tests: 1 of 4 tests failed: expected '+05:30'
      2 of 5  plugin-order/bare/3    tests: 3 files changed outside of src/**
      3 of 5  plugin-order/guided/2  tests: keeps the minutes

    Crashed: 1 trial (the agent broke; counts as not passed)
      1 of 1  leap-year-in-a-locale-with-a-name-that-is-too-long/guided/0
          Segmentation fault

    Errored: 2 trials (not measured; outside of every rate)
      2 trials  iso-week/bare/0  prepare: npm ci: no network

    spent      $3.74, 12m 4s
    isolation  none - agents ran with your user's rights; network: open
    results    .agent-eval/runs/20260102-030405-dates-1a2b
    next       agent-eval show utc-offset/guided/1 --run 20260102-030405-dates-1a2b"
  `)
})

test('no line is wider than the terminal, but for what is there to be copied', () => {
  const report = sampleReport(redTrials, {
    comparisons: [redComparison],
    warnings: ['word '.repeat(40).trim()],
  })
  for (const columns of [60, 80, 120]) {
    const lines = renderTerminal(report, { ...style, columns }).split('\n')
    const wide = lines.filter(line => line.length > columns && !/agent-eval |\/guided\/|^results/.test(line))
    expect(wide).toEqual([])
  }
})

test('colours change no character of the text', () => {
  const report = sampleReport(redTrials, { comparisons: [redComparison] })
  const coloured = renderTerminal(report, { ...style, paint: colourPaint })
  expect(coloured).toContain('\u001b[31m')
  // oxlint-disable-next-line no-control-regex
  const stripped = coloured.replaceAll(/\u001b\[\d+m/g, '').replaceAll(/ +$/gm, '')
  expect(stripped).toBe(renderTerminal(report, style))
})

test('a run in which nothing was graded says so and shows no table', () => {
  const trials = [0, 1].map(index =>
    sampleTrial({ task: 'a', setup: 'guided', index, end: 'errored', reason: 'no space left on device' }),
  )
  expect(renderTerminal(sampleReport(trials), style)).toMatchInlineSnapshot(`
    "NOTHING GRADED. No pass rate can be told from this run.
      dates: 2 errored

      guided: pass rate unknown

    Errored: 2 trials (not measured; outside of every rate)
      2 trials  a/guided/0  prepare: no space left on device

    spent      cost unknown, 12m 4s
    isolation  none - agents ran with your user's rights; network: open
    results    .agent-eval/runs/20260102-030405-dates-1a2b
    next       agent-eval run --resume 20260102-030405-dates-1a2b"
  `)
})

test('an unknown cost is never $0', () => {
  const trials = [0, 1].map(index =>
    sampleTrial({
      task: 'a',
      setup: 'guided',
      index,
      costUsd: null,
      tokens: null,
      end: index ? 'failed' : 'passed',
    }),
  )
  const text = renderTerminal(sampleReport(trials), style)
  expect(text).toMatchInlineSnapshot(`
    "1 OF 2 TRIALS PASSED. dates: 1 failed

      task              guided
      a                 1/2

      1 task            50 % of 2
        likely          0-100 %
      cost per trial    ?
      tokens per trial  ?
      time per trial    38s
      turns per trial   6

    Failed: 1 trial (the agent's work did not pass)
      1 of 2  a/guided/1  tests: keeps the minutes

    spent      cost unknown, 12m 4s
    isolation  none - agents ran with your user's rights; network: open
    results    .agent-eval/runs/20260102-030405-dates-1a2b
    next       agent-eval show a/guided/1 --run 20260102-030405-dates-1a2b"
  `)
  expect(text).not.toContain('$')
})

test('a cost that is known in part is a lower bound', () => {
  const trials = [0, 1].map(index =>
    sampleTrial({ task: 'a', setup: 's', index, costUsd: index ? null : 0.2 }),
  )
  expect(renderTerminal(sampleReport(trials), style)).toContain(
    'at least $0.20 (cost known for 1 of 2 trials)',
  )
})

test('an interrupted run names the command that goes on with it', () => {
  const plan = ['a/s/0', 'a/s/1', 'a/s/2']
  const text = renderTerminal(
    sampleReport(sampleTrials('a', 's', 1, 0), { manifest: { status: 'interrupted', plan } }),
    style,
  )
  expect(text).toContain('INTERRUPTED AFTER 1 OF 3 TRIALS. dates: 1 of 1 trial passed; 2 not run')
  expect(text).toContain('agent-eval run --resume 20260102-030405-dates-1a2b')
})

test('a run of the scripted harness says that no model was called, and is not offered as a baseline', () => {
  const text = renderTerminal(sampleReport(sampleTrials('a', 'scripted', 2, 0)), style)
  expect(text.replaceAll(/\s+/g, ' ')).toContain(
    'The agent was the built-in scripted harness: no model was called. Use a real one:',
  )
  expect(text).not.toContain('baseline accept')
  const mixed = renderTerminal(
    sampleReport([...sampleTrials('a', 'scripted', 2, 0), ...sampleTrials('a', 'real', 2, 0)]),
    style,
  )
  expect(mixed).toContain('The agent of scripted was the built-in scripted harness')
})

test('more than ten groups of failures are counted, with the command that shows them', () => {
  const trials = Array.from({ length: 13 }, (_, i) =>
    sampleTrial({ task: `t${i}`, setup: 's', end: 'failed' }),
  )
  expect(renderTerminal(sampleReport(trials), style)).toContain(
    '  and 3 more: agent-eval list 20260102-030405-dates-1a2b',
  )
})

test('repeated starts of a trial are announced', () => {
  const trials = [sampleTrial({ task: 'a', setup: 's', retries: 2 })]
  expect(renderTerminal(sampleReport(trials), style)).toContain('1 trial was started again')
})

test('the words of an agent cannot forge a line or a command of the CI runner', () => {
  const trials = [
    sampleTrial({
      task: 'a',
      setup: 's',
      end: 'crashed',
      reason: '\u001b[2K\r::error file=x::ALL TRIALS PASSED',
    }),
  ]
  const text = renderTerminal(sampleReport(trials), style)
  expect(text).not.toContain('\u001b')
  expect(text).not.toMatch(/^\s*::/m)
})
