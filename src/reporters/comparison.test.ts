import { expect, test } from 'vitest'
import { renderComparisons } from './comparison.ts'
import { plainPaint } from './paint.ts'
import { sampleComparison } from './testing/comparison.ts'

const alone = { sideBySide: null, claims: [] }
const style = { paint: plainPaint, columns: 80 }

test('two runs of one setup are told apart by their labels', () => {
  const comparison = sampleComparison(
    { label: 'run 1a2b guided', setup: 'guided' },
    { label: 'run 3c4d guided', setup: 'guided' },
    [
      ['utc-offset', '5/5', '5/5', 'unchanged'],
      ['iso-week', '1/5', '5/5', 'improved'],
      ['new-task', null, '5/5', 'added'],
    ],
    { decision: 'improved', reasons: ['Pass rate rose from 60 % to 100 %.'] },
  )
  expect(renderComparisons({ ...alone, comparisons: [comparison] }, style)).toMatchInlineSnapshot(`
    "IMPROVED. Pass rate rose from 60 % to 100 %.
      run 3c4d guided against run 1a2b guided

      task              run 1a2b guided  run 3c4d guided
      utc-offset        5/5              5/5
      iso-week          1/5              5/5
      new-task          -                5/5

      2 of 3 tasks      60 % of 10       100 % of 15
        likely          32-88 %          92-100 %
      cost per trial
      tokens per trial
      task              change
      utc-offset        ~
      iso-week          better
      new-task          new

      2 of 3 tasks      +40 points
        likely          +34 to +46
      cost per trial    +18 %, likely +5 to +33 (n 25)
      tokens per trial  +2 %, likely -3 to +7 (n 25)
      ~: no difference shown
      per trial: mean over tasks; its change: that of a typical task (geometric
        mean)
      on new tasks like these: likely +20 to +60 points

      Flipped (most trials passed on one side and failed on the other): iso-week
      (1/5 -> 5/5)."
  `)
})

test('sides that cannot be compared get no number', () => {
  const comparison = sampleComparison(
    { label: 'a', setup: 'a' },
    { label: 'b', setup: 'b' },
    [['t', '5/5', '0/0', 'incomparable']],
    { decision: 'incomparable', reasons: ['No task can be compared.'] },
  )
  const text = renderComparisons(
    { ...alone, comparisons: [{ ...comparison, costUsd: null, tokens: null }] },
    style,
  )
  expect(text).toMatch(/^CANNOT BE COMPARED\. No task can be compared\.\n {2}b against a\n/)
  expect(text).not.toContain('points')
  expect(text).toContain('n/c')
})
