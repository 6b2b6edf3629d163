import { expect, test } from 'vitest'
import { plainPaint } from './paint.ts'
import { renderTerminal } from './terminal.ts'
import { sampleComparison } from './testing/comparison.ts'
import { sampleReport, sampleTrials } from './testing/report.ts'

const style = { paint: plainPaint, columns: 80, cwd: '/repo', folder: '/repo/.agent-eval/runs/r' }
const bare = { label: 'bare', setup: 'bare' }
const guided = { label: 'guided', setup: 'guided' }
const baseline = { label: 'baseline guided', setup: 'guided' }

test('a gate that fails tells the broken task first', () => {
  const trials = [
    ...sampleTrials('utc-offset', 'guided', 1, 4, '1 of 4 tests failed'),
    ...sampleTrials('iso-week', 'guided', 5, 0),
  ]
  const comparison = sampleComparison(
    baseline,
    guided,
    [
      ['utc-offset', '20/20', '1/5', 'regressed'],
      ['iso-week', '18/20', '5/5', 'unchanged'],
      ['gone-task', '20/20', null, 'removed'],
    ],
    { decision: 'regressed', reasons: ['Broken task: utc-offset (20/20 -> 1/5).'] },
  )
  const report = sampleReport(trials, {
    comparisons: [comparison],
    verdict: comparison.verdict,
    warnings: ['The suite has uncommitted changes: commit them, so that others can repeat this run.'],
  })
  expect(renderTerminal(report, style)).toMatchInlineSnapshot(`
    "REGRESSED. Broken task: utc-offset (20/20 -> 1/5).
      dates: 6 of 10 trials passed, 4 failed
      warning: The suite has uncommitted changes: commit them, so that others can
      repeat this run.

      task              baseline guided  guided      change
      utc-offset        20/20            1/5         worse
      iso-week          18/20            5/5         ~
      gone-task         20/20            -           gone

      2 of 3 tasks      97 % of 60       60 % of 10  -37 points
        likely          92-100 %         32-88 %     -43 to -31
      cost per trial                     $0.17       +18 %, likely +5 to +33 (n 25)
      tokens per trial                   12.3k       +2 %, likely -3 to +7 (n 25)
      time per trial                     38s
      turns per trial                    6
      ~: no difference shown
      per trial: mean over tasks; its change: that of a typical task (geometric
        mean)
      on new tasks like these: likely -57 to -17 points

    Failed: 4 trials (the agent's work did not pass)
      4 of 5  utc-offset/guided/1  tests: 1 of 4 tests failed

    spent      $1.70, 12m 4s
    isolation  none - agents ran with your user's rights; network: open
    results    .agent-eval/runs/r
    next       agent-eval show utc-offset/guided/1 --run 20260102-030405-dates-1a2b"
  `)
})

test('a gate that passes lists no task where nothing differs', () => {
  const trials = sampleTrials('utc-offset', 'guided', 5, 0)
  const comparison = sampleComparison(baseline, guided, [['utc-offset', '20/20', '5/5', 'unchanged']], {
    decision: 'no-drop',
    reasons: ['Best guess 0 points (likely -8 to +6). A drop smaller than 10 points may have been missed.'],
  })
  const text = renderTerminal(
    sampleReport(trials, { comparisons: [comparison], verdict: comparison.verdict }),
    style,
  )
  expect(text).toMatch(
    /^NO DROP BEYOND 10 POINTS\. Best guess 0 points \(likely -8 to \+6\)\. A drop smaller\n {2}than 10 points may have been missed\.\n {2}dates: 5 of 5 trials passed\n/,
  )
  expect(text).not.toContain('utc-offset')
  expect(text).not.toContain('next ')
})

test('a gate over several setups shows each with its own verdict, and no reason twice', () => {
  const trials = [...sampleTrials('utc-offset', 'bare', 5, 0), ...sampleTrials('utc-offset', 'guided', 1, 4)]
  const comparisons = [
    sampleComparison(
      { label: 'baseline bare', setup: 'bare' },
      bare,
      [['utc-offset', '5/5', '5/5', 'unchanged']],
      {
        decision: 'no-drop',
        reasons: ['bare is as it was.'],
      },
    ),
    sampleComparison(baseline, guided, [['utc-offset', '5/5', '1/5', 'regressed']], {
      decision: 'regressed',
      reasons: ['guided is worse.'],
    }),
  ]
  const verdict = { decision: 'regressed', reasons: ['guided is worse.'], exitCode: 1 } as const
  const text = renderTerminal(
    sampleReport(trials, { comparisons, verdict: { ...verdict, reasons: [...verdict.reasons] } }),
    style,
  )
  expect(text).toContain('NO DROP BEYOND 10 POINTS. bare against baseline bare: bare is as it was.')
  expect(text).toContain('REGRESSED. guided against baseline guided\n')
  expect(text.match(/guided is worse/g)).toHaveLength(1)
})

test("a baseline never shows this run's cost as its own, even where it passed as often", () => {
  const comparison = sampleComparison(baseline, guided, [['utc-offset', '4/5', '4/5', 'inconclusive']], {
    decision: 'inconclusive',
  })
  const report = sampleReport(sampleTrials('utc-offset', 'guided', 4, 1), { comparisons: [comparison] })
  expect(renderTerminal(report, style)).toMatch(/^ {2}cost per trial {10,}\$0\.17 +\+18 %/m)
})
