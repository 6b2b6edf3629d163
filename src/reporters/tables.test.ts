import { expect, test } from 'vitest'
import { gridsOf } from './grid.ts'
import { plainPaint } from './paint.ts'
import { gridText } from './tables.ts'
import { sampleComparison, type ChangeSample } from './testing/comparison.ts'
import { sampleReport, sampleTrials } from './testing/report.ts'

const style = { paint: plainPaint, columns: 80, seeAll: 'agent-eval list RUN' }

function matrix(names: readonly string[], tasks: number): string {
  const changes = Array.from({ length: tasks }, (_, i): ChangeSample => {
    if (i === 40) return ['task-40', '3/3', '0/3', 'regressed']
    return [`task-${i}`, '3/3', i % 10 === 0 ? '2/3' : '3/3', 'inconclusive']
  })
  const bare = { label: 'bare', setup: 'bare' }
  const comparisons = names.map(name =>
    sampleComparison(bare, { label: name, setup: name }, changes, { decision: 'inconclusive' }),
  )
  return gridsOf(comparisons, [])
    .map(grid => gridText(grid, style))
    .join('\n\n')
}

test('candidates of one base stand side by side, with their marks', () => {
  expect(matrix(['guided', 'skills'], 3)).toMatchInlineSnapshot(`
    "  task         bare        guided     skills
      task-0       3/3         2/3 ~      2/3 ~
      task-1       3/3         3/3 ~      3/3 ~
      task-2       3/3         3/3 ~      3/3 ~

      all 3 tasks  100 % of 9  89 % of 9  89 % of 9
        likely     87-100 %    67-100 %   67-100 %
      guided: -11 points, likely -17 to -5; cost +18 %, likely +5 to +33 (n 25);
        tokens +2 %, likely -3 to +7 (n 25)
      skills: -11 points, likely -17 to -5; cost +18 %, likely +5 to +33 (n 25);
        tokens +2 %, likely -3 to +7 (n 25)
      ~: no difference shown
      per trial: mean over tasks; its change: that of a typical task (geometric
        mean)"
  `)
})

test('of a long list only the tasks that need reading are shown, and the rest is counted', () => {
  const text = matrix(['guided'], 45)
  expect(text.match(/^ {2}task-\d+/gm)).toEqual([
    '  task-0',
    '  task-10',
    '  task-20',
    '  task-30',
    '  task-40',
  ])
  expect(text).toContain('not listed: 40 tasks without a failed trial or a change')
  expect(text).toContain('see all: agent-eval list RUN')
})

test('where too many tasks need reading the heaviest are shown', () => {
  const text = matrix(['guided'], 400)
  const shown = text.match(/^ {2}task-\d+/gm) ?? []
  expect(shown).toHaveLength(30)
  expect(shown).toContain('  task-40')
  expect(text).toContain('not listed: 370 tasks, as only the 30 that most need reading are')
})

test('setups that do not fit beside each other go into a second table', () => {
  const names = Array.from({ length: 8 }, (_, i) => `setup-number-${i}`)
  const text = matrix(names, 3)
  expect(text.match(/^ {2}task {2}/gm)).toHaveLength(3)
  for (const name of names) expect(text).toContain(name)
  expect(Math.max(...text.split('\n').map(line => line.length))).toBeLessThanOrEqual(80)
})

test('a task that errored says so instead of a rate', () => {
  const report = sampleReport(sampleTrials('a', 's', 1, 1))
  const [summary] = report.run.summaries
  if (!summary) throw new Error('no summary')
  const errored = summary.tasks.map(task => ({ ...task, errored: 2 }))
  const [grid] = gridsOf([], [{ ...summary, tasks: errored }])
  if (!grid) throw new Error('no grid')
  expect(gridText(grid, style)).toMatch(/a +1\/2, 2 errored/)
})
