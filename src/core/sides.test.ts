import { expect, test } from 'vitest'
import { UserError } from '../errors.ts'
import { Side } from '../model/report.ts'
import { acceptBaseline } from './baseline.ts'
import { sideOfBaseline, sideOfRun } from './sides.ts'
import { manifestOf, trial } from './testing.ts'

const usage = {
  inputTokens: 100,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  outputTokens: 20,
  reasoningTokens: null,
}
const trials = [
  trial({ task: 'b', index: 0, end: 'fail', attempt: { durationMs: 500 } }),
  trial({ task: 'a', index: 1, attempt: { costUsd: 2, usage } }),
  trial({ task: 'a', index: 0, attempt: { costUsd: 1 } }),
  trial({ task: 'a', index: 2, end: 'errored', attempt: { costUsd: 9 } }),
  trial({ task: 'a', setup: 'guided' }),
]

test('the side of a run holds its graded trials, task by task', () => {
  const side = sideOfRun(manifestOf(trials), trials, 'bare')
  expect(Side.parse(side)).toEqual(side)
  expect(side).toEqual({
    conditions: null,
    label: 'run r1',
    setup: 'bare',
    setupFingerprint: 'content of bare',
    doubts: [],
    tasks: {
      a: {
        fingerprint: 'content of a',
        passed: 2,
        graded: 2,
        errored: 1,
        meanScore: 1,
        costUsd: [1, 2],
        tokens: [120],
        durationMs: [1000, 1000],
        turns: [],
        scores: [1, 1],
      },
      b: {
        fingerprint: 'content of b',
        passed: 0,
        graded: 1,
        errored: 0,
        meanScore: 0,
        costUsd: [],
        tokens: [],
        durationMs: [500],
        turns: [],
        scores: [0],
      },
    },
  })
})

test('a task that was planned but never ran is there, with nothing graded', () => {
  const manifest = manifestOf(trials, [...trials.map(({ id }) => id), 'c/bare/0', 'c/guided/0'])
  expect(sideOfRun(manifest, trials, 'bare').tasks['c']).toMatchObject({
    graded: 0,
    errored: 0,
    meanScore: null,
  })
})

test('rows that are not of the task in the manifest make it a task of its own', () => {
  const mixed = [
    trial({ index: 0 }),
    trial({ index: 1, taskFingerprint: 'older', setupFingerprint: 'older' }),
  ]
  const side = sideOfRun(manifestOf(mixed), mixed, 'bare')
  expect(['content of a', 'older']).not.toContain(side.tasks['a']?.fingerprint)
  expect(['content of bare', 'older']).not.toContain(side.setupFingerprint)
})

test('the order of the rows does not matter', () => {
  const manifest = manifestOf(trials)
  expect(sideOfRun(manifest, trials.toReversed(), 'bare')).toEqual(sideOfRun(manifest, trials, 'bare'))
})

test('a baseline gives the side that was accepted', () => {
  const manifest = manifestOf(trials)
  const accepted = { at: '2026-01-02', by: null, reason: 'first', runDigest: '0' }
  const baseline = acceptBaseline(null, manifest, trials, ['bare'], accepted)
  expect(sideOfBaseline(baseline, 'bare', 'the baseline')).toEqual({
    ...sideOfRun(manifest, trials, 'bare'),
    label: 'the baseline',
  })
})

test('a setup that is not there is an error that names those that are', () => {
  const manifest = manifestOf(trials)
  expect(() => sideOfRun(manifest, trials, 'toString')).toThrow(
    new UserError('run r1 has no setup "toString", known: bare, guided'),
  )
  expect(() => sideOfBaseline({ schemaVersion: 1, suite: 'dates', setups: {} }, 'bare', 'x')).toThrow(
    new UserError(
      'the baseline of suite dates has no setup "bare", known: none. Accept a run of this setup into it first',
    ),
  )
})
