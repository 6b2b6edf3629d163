import { expect, test } from 'vitest'
import { code, prose } from './markdown-text.ts'
import { renderMarkdown } from './markdown.ts'
import { sampleComparison } from './testing/comparison.ts'
import { sampleReport, sampleTrial, sampleTrials } from './testing/report.ts'

test('verdict, table, flips, folded reasons and cost', () => {
  const comparison = sampleComparison(
    { label: 'bare', setup: 'bare' },
    { label: 'guided', setup: 'guided' },
    [
      ['utc-offset', '5/5', '1/5', 'regressed'],
      ['iso-week', '3/5', '3/5', 'inconclusive'],
    ],
    { decision: 'regressed', reasons: ['Broken task: utc-offset (5/5 -> 1/5).'] },
  )
  const trials = [
    ...sampleTrials('utc-offset', 'bare', 5, 0),
    ...sampleTrials('utc-offset', 'guided', 1, 4, "expected '+05:30' | got <b>"),
    ...sampleTrials('iso-week', 'bare', 3, 2),
    ...sampleTrials('iso-week', 'guided', 3, 2),
  ]
  expect(renderMarkdown(sampleReport(trials, { comparisons: [comparison] }))).toMatchInlineSnapshot(`
    "## REGRESSED. dates: 12 of 20 trials passed, 8 failed

    Broken task: utc-offset (5/5 -&gt; 1/5).

    | task | bare | guided | change |
    | --- | --- | --- | --- |
    | \`utc-offset\` | 5/5 | 1/5 | worse |
    | \`iso-week\` | 3/5 | 3/5 | ~ |
    | **all 2 tasks** | **80 % of 10** | **40 % of 10** | **-40 points** |
    | likely | 56-100 % | 12-68 % | -46 to -34 |
    | cost per trial | $0.17 | $0.17 | +18 %, likely +5 to +33 (n 25) |
    | tokens per trial | 12.3k | 12.3k | +2 %, likely -3 to +7 (n 25) |
    | time per trial | 38s | 38s |  |
    | turns per trial | 6 | 6 |  |

    <sub>\\~: no difference shown</sub>

    <sub>per trial: mean over tasks; its change: that of a typical task (geometric mean)</sub>

    <sub>on new tasks like these: likely -60 to -20 points</sub>

    **Flips** (most trials passed on one side and failed on the other)

    - \`utc-offset\` 5/5 → 1/5 (guided against bare)

    <details>
    <summary>8 failed (the agent's work did not pass)</summary>

    - 4 of 5 \`utc-offset/guided/1\`: \`tests: expected '+05:30' | got <b>\`
    - 2 of 5 \`iso-week/bare/3\`: \`tests: keeps the minutes\`
    - 2 of 5 \`iso-week/guided/3\`: \`tests: keeps the minutes\`

    </details>

    Spent: &#36;3.40 in 12m 4s. Isolation: none, network open. Run \`20260102-030405-dates-1a2b\`.
    "
  `)
})

test('text from outside can carry no markup, mention, link or formula', () => {
  expect(code('<img src=x> @octocat `tick` ``two``\n# h')).toBe(
    '```<img src=x> @octocat `tick` ``two`` # h```',
  )
  expect(code('`edge`')).toBe('`` `edge` ``')
  expect(prose('<b> @me [x](http://y.example) #12 *a* $1 $2')).toBe(
    String.raw`&lt;b&gt; @​me \[x\](http:​//y.example) #​12 \*a\* &#36;1 &#36;2`,
  )
  expect(prose('- no list')).toBe(String.raw`\- no list`)
  expect(prose('1. no list')).toBe(String.raw`1\. no list`)
})

test('a bar in a name does not add a column', () => {
  const trials = [sampleTrial({ task: 'a|b', setup: 's', end: 'failed' })]
  const row = renderMarkdown(sampleReport(trials))
    .split('\n')
    .find(line => line.startsWith('| `a'))
  expect(row).toBe('| `a¦b` | 0/1 |')
})

test('a huge report stays below the limit of a comment, and says that something is missing', () => {
  const trials = Array.from({ length: 400 }, (_, i) =>
    sampleTrial({
      task: `${'long-name-'.repeat(20)}${i}`,
      setup: 's',
      end: i % 2 ? 'failed' : 'crashed',
      reason: '😀'.repeat(600),
    }),
  )
  const text = renderMarkdown(sampleReport(trials, { warnings: ['x'.repeat(50_000)] }))
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(60_000)
  expect(text).toMatch(/^## 0 OF 400 TRIALS PASSED\./)
  expect(text.match(/Left out here as it is too long/g)).toHaveLength(1)
  expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length)
})

test('a run of the scripted harness says so', () => {
  expect(renderMarkdown(sampleReport(sampleTrials('a', 'scripted', 1, 0)))).toContain('no model was called')
})
