import { expect, test } from 'vitest'
import type { Rules } from '../model/rules.ts'
import { renderJunit } from './junit.ts'
import { renderMarkdown } from './markdown.ts'
import { plainPaint } from './paint.ts'
import { describeRules } from './rules.ts'
import { renderTerminal } from './terminal.ts'
import { sampleReport, sampleTrials } from './testing/report.ts'

const rules: Rules = {
  base: { name: 'origin/main', commit: 'a'.repeat(40) },
  underTest: ['guided: model: "m" -> "n"', 'guided: context[AGENTS.md]: changed'],
  changes: [
    { item: 'task:new', change: 'added', details: [], fingerprint: '1', approved: false },
    { item: 'trials', change: 'changed', details: ['5 -> 3'], fingerprint: '2', approved: true },
    {
      item: 'task:utc-offset',
      change: 'removed',
      details: ['it is now called utc'],
      fingerprint: '3',
      approved: false,
    },
    {
      item: 'margin',
      change: 'changed',
      details: ['10 -> 90', '@team <b>x</b>\n::error::x', 'c', 'd', 'e'],
      fingerprint: '4',
      approved: false,
    },
  ],
}
const report = sampleReport(sampleTrials('utc-offset', 'guided', 5, 0), {
  manifest: { rules },
  verdict: { decision: 'needs-approval', reasons: ['2 changes need approval.'], exitCode: 3 },
  verdictByHead: { decision: 'improved', reasons: [], exitCode: 0 },
})

test('what needs approval stands on the first screen, right below the verdict', () => {
  const style = { paint: plainPaint, columns: 80, cwd: '/repo', folder: '/repo/.agent-eval/runs/r' }
  expect(renderTerminal(report, style)).toMatchInlineSnapshot(`
    "NEEDS APPROVAL. 2 changes need approval.
      dates: 5 of 5 trials passed
      By the thresholds and baseline in the working tree it would be "improved".

    Rules of origin/main (aaaaaaa); tested is no commit.
      needs approval  task:utc-offset  removed: it is now called utc
      needs approval  margin           10 -> 90; @team <b>x</b> : :error::x; c; d;
                        and 1 more
      new, not run    task:new         added
      approved        trials           5 -> 3
      tested          guided: model: "m" -> "n"; guided: context[AGENTS.md]: changed
      To approve one: --approve ITEM; all of them as they are now: --approve 59b654d767e6487937cb3bd282b950d1

      guided: pass rate 100 % (5 of 5, likely 77-100)

    spent      $0.85, 12m 4s; per trial $0.17, 12.3k tokens, 38s
    isolation  none - agents ran with your user's rights; network: open
    results    .agent-eval/runs/r"
  `)
})

test('nothing is said where the working tree makes the rules, nor of approval where none is needed', () => {
  expect(describeRules(null)).toEqual([])
  const done = { ...rules, underTest: [], changes: rules.changes.slice(0, 2) }
  expect(describeRules(done)).toEqual([
    'Rules of origin/main (aaaaaaa).',
    '  new, not run  task:new  added',
    '  approved      trials    5 -> 3',
  ])
})

test('markdown lists it as code, so that nothing of it is markup', () => {
  const text = renderMarkdown(report)
  expect(text).toMatch(/^## NEEDS APPROVAL\. /)
  expect(text).toContain('- **needs approval** `task:utc-offset` `removed: it is now called utc`\n')
  expect(text).toContain(
    '- **needs approval** `margin` `10 -> 90; @team <b>x</b> ::error::x; c; d; and 1 more`\n',
  )
  expect(text).toMatch(
    /`To approve one: --approve ITEM; all of them as they are now: --approve [0-9a-f]{32}`/,
  )
})

test('junit has a testcase for each change, an error until it is approved', () => {
  const text = renderJunit(report)
  expect(text).toContain('<testsuite name="dates.rules" tests="4" failures="0" errors="2"')
  expect(text).toContain(
    '<error message="needs approval: removed: it is now called utc" type="needs-approval"/>',
  )
  expect(text).toContain('<system-out>approved: 5 -&gt; 3</system-out>')
  expect(text).toContain('<error message="NEEDS APPROVAL." type="needs-approval">')
})
