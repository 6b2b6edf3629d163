import { expect, test } from 'vitest'
import { erroredProblems, problemsOf, reasonOf } from './problems.ts'
import { sampleTrial, sampleTrials } from './testing/report.ts'
import { totalsOf } from './totals.ts'
import { sampleReport } from './testing/report.ts'

test('the reason is the first line of the first required grader that failed', () => {
  const trial = sampleTrial({ task: 'a', setup: 's', end: 'failed', reason: '\n1 of 4 failed\nmore' })
  expect(reasonOf(trial)).toBe('tests: 1 of 4 failed')
})

test('a crash is told by the words of the agent, or by its exit code', () => {
  expect(reasonOf(sampleTrial({ task: 'a', setup: 's', end: 'crashed', reason: 'boom' }))).toBe('boom')
  expect(reasonOf(sampleTrial({ task: 'a', setup: 's', end: 'crashed', reason: '' }))).toBe(
    'exit code 3, no message',
  )
})

test('a timeout is told together with what the graders said', () => {
  const trial = sampleTrial({ task: 'a', setup: 's', end: 'timeout', reason: 'not done' })
  expect(reasonOf(trial)).toBe('timed out after 38s; tests: not done')
})

test('a passed trial has no reason', () => {
  expect(reasonOf(sampleTrial({ task: 'a', setup: 's' }))).toBeNull()
})

test('failed trials of one task and setup are told once, with the most common reason', () => {
  const trials = [
    ...sampleTrials('a', 's', 1, 0),
    ...[1, 2, 3].map(index =>
      sampleTrial({ task: 'a', setup: 's', index, end: 'failed', reason: index === 1 ? 'odd' : 'common' }),
    ),
    sampleTrial({ task: 'a', setup: 's', index: 4, end: 'crashed' }),
  ]
  expect(problemsOf(trials, 'failed')).toEqual([
    { count: '3 of 5', trialId: 'a/s/2', reason: 'tests: common (and 1 other reason)' },
  ])
  expect(problemsOf(trials, 'crashed')).toEqual([{ count: '1 of 5', trialId: 'a/s/4', reason: 'boom' }])
})

test('one infrastructure fault over many tasks is told once, the most frequent first', () => {
  const trials = ['a', 'b', 'c'].map(task =>
    sampleTrial({ task, setup: 's', end: 'errored', reason: task === 'a' ? 'no space' : 'no network' }),
  )
  expect(erroredProblems(trials)).toEqual([
    { count: '2 trials', trialId: 'b/s/0', reason: 'prepare: no network' },
    { count: '1 trial', trialId: 'a/s/0', reason: 'prepare: no space' },
  ])
})

test('totals are counted from the trials, and crashed, failed and errored never mix', () => {
  const trials = (['passed', 'failed', 'timeout', 'crashed', 'errored'] as const).map((end, index) =>
    sampleTrial({ task: 'a', setup: 's', index, end, costUsd: index === 0 ? null : 0.1 }),
  )
  const report = sampleReport(trials)
  report.run.plan.push('a/s/5')
  expect(totalsOf(report)).toMatchObject({
    planned: 6,
    done: 5,
    graded: 4,
    passed: 1,
    failed: 2,
    crashed: 1,
    errored: 1,
    spent: { known: 3, attempts: 4 },
  })
})
