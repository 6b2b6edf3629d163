import { expect, test } from 'vitest'
import { countTrial, doneOf, startProgress, timeLeftMs } from './progress-state.ts'
import { sampleTrial } from './testing/report.ts'

test('the time left comes from the mean time of a trial and how many ran at once', () => {
  const state = startProgress(10, 0)
  for (const index of [0, 1, 2, 3]) {
    countTrial(state, { ...sampleTrial({ task: 'a', setup: 's', index }), durationMs: 10_000 })
  }
  // Four trials of 10 s within 20 s: two at once. Six are left.
  expect(timeLeftMs(state, 20_000)).toBeCloseTo(30_000)
})

test('a trial that is half done needs only the other half', () => {
  const state = startProgress(3, 0)
  for (const index of [0, 1]) {
    countTrial(state, { ...sampleTrial({ task: 'a', setup: 's', index }), durationMs: 10_000 })
  }
  state.running.set('a/s/2', { phase: null, sinceMs: 20_000 })
  expect(timeLeftMs(state, 25_000)).toBeCloseTo(5000)
})

test('one trial is too few to tell', () => {
  const state = startProgress(10, 0)
  countTrial(state, sampleTrial({ task: 'a', setup: 's' }))
  expect(timeLeftMs(state, 1000)).toBeNull()
})

test('an unknown cost is counted apart from the known ones', () => {
  const state = startProgress(3, 0)
  countTrial(state, sampleTrial({ task: 'a', setup: 's', costUsd: 0.5 }))
  countTrial(state, sampleTrial({ task: 'a', setup: 's', index: 1, costUsd: null }))
  countTrial(state, sampleTrial({ task: 'a', setup: 's', index: 2, end: 'errored' }))
  expect(state).toMatchObject({ costUsd: 0.5, costKnown: 1, costUnknown: 1 })
  expect(doneOf(state)).toBe(3)
})
