import { expect, test } from 'vitest'
import { SetupSummary } from '../model/run.ts'
import { taskRate } from './stats/rate.ts'
import { summarise } from './summarise.ts'
import { trial } from './testing.ts'

const bare = [{ name: 'bare', fingerprint: 'content of bare' }]
const usage = {
  inputTokens: 100,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  outputTokens: 20,
  reasoningTokens: null,
}
const rows = [
  trial({ task: 'a', index: 0, attempt: { costUsd: 1, usage, turns: 3 } }),
  trial({ task: 'a', index: 1, end: 'fail', score: 0.5, attempt: { costUsd: 2, durationMs: 3000 } }),
  trial({ task: 'b', index: 0, end: 'fail' }),
  trial({ task: 'b', index: 1, end: 'errored', attempt: { costUsd: 4 } }),
]
const plan = rows.map(({ id }) => id)

test('counts what is in the rows, and what was planned', () => {
  const [summary] = summarise([...plan, 'b/bare/2'], rows, bare)
  expect(SetupSummary.parse(summary)).toEqual(summary)
  expect(summary).toMatchObject({
    setup: 'bare',
    planned: 5,
    graded: 3,
    errored: 1,
    passed: 1,
    meanScore: 0.375,
  })
  expect(
    summary?.tasks.map(({ task, planned, graded, errored, passed }) => [
      task,
      planned,
      graded,
      errored,
      passed,
    ]),
  ).toEqual([
    ['a', 2, 2, 0, 1],
    ['b', 3, 1, 1, 0],
  ])
  expect(summary?.passRate).toMatchObject({ value: 0.25, n: 3 })
  expect(summary?.tasks[0]?.passRate).toEqual(taskRate({ passed: 1, graded: 2 }))
})

test('cost, tokens and turns are of the trials that tell them; what an errored trial cost was paid as well', () => {
  const [summary] = summarise(plan, rows, bare)
  expect(summary?.costUsd).toEqual({ mean: 7 / 3, median: 2, total: 7, n: 3 })
  expect(summary?.tokens).toEqual({ mean: 120, median: 120, total: 120, n: 1 })
  expect(summary?.turns).toMatchObject({ n: 1, total: 3 })
  expect(summary?.tasks[1]).toMatchObject({ tokens: null, turns: null, costUsd: { total: 4, n: 1 } })
})

test('of a trial that stands twice the latest row counts', () => {
  const [summary] = summarise(plan, [...rows, trial({ task: 'b', index: 1 })], bare)
  expect(summary).toMatchObject({ graded: 4, errored: 0, passed: 2 })
  const [undone] = summarise(['a/bare/0'], [trial(), trial({ end: 'errored' })], bare)
  expect(undone).toMatchObject({ graded: 0, errored: 1 })
})

test('the order of the rows does not matter', () => {
  expect(summarise(plan, rows.toReversed(), bare)).toEqual(summarise(plan, rows, bare))
})

test('nothing graded is null, not 0, and does not pull the suite’s rate down', () => {
  const [summary] = summarise(['a/bare/0', 'c/bare/0'], [trial({ task: 'a' })], bare, {
    c: { fingerprint: 'content of c' },
  })
  expect(summary?.passRate?.value).toBe(1)
  expect(summary?.tasks[1]).toMatchObject({
    task: 'c',
    taskFingerprint: 'content of c',
    planned: 1,
    passRate: null,
    meanScore: null,
  })
  const [empty] = summarise(['a/bare/0'], [], bare)
  expect(empty).toMatchObject({
    planned: 1,
    graded: 0,
    passRate: null,
    meanScore: null,
    passAtK: {},
    costUsd: null,
  })
})

test('each setup has its own summary, of its own trials', () => {
  const both = [...rows, trial({ task: 'a', setup: 'guided' })]
  const summaries = summarise(
    both.map(({ id }) => id),
    both,
    [...bare, { name: 'guided', fingerprint: 'g' }],
  )
  expect(summaries.map(({ setup, graded, setupFingerprint }) => [setup, graded, setupFingerprint])).toEqual([
    ['bare', 3, 'content of bare'],
    ['guided', 1, 'g'],
  ])
  expect(summaries[1]?.tasks.map(({ task }) => task)).toEqual(['a'])
})

test('pass@k and pass^k go as far as the task with the fewest graded trials', () => {
  expect(summarise(plan, rows, bare)[0]).toMatchObject({ passAtK: { '1': 0.25 }, passHatK: { '1': 0.25 } })
})
