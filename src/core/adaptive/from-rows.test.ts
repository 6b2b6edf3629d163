import { expect, test } from 'vitest'
import { trial } from '../testing.ts'
import { adaptiveTrials } from './from-rows.ts'

test('a trial that was started again counts once: as it ended, with its errors and all that it cost', () => {
  const rows = [
    trial({ task: 'a', index: 0, end: 'errored', attempt: { costUsd: 0.2 } }),
    trial({ task: 'a', index: 0, end: 'errored', attempt: null }),
    trial({ task: 'a', index: 0, end: 'pass', attempt: { costUsd: 0.5 } }),
    trial({ task: 'a', index: 1, end: 'fail', attempt: { costUsd: null } }),
    trial({ task: 'a', index: 0, setup: 'other' }),
  ]
  expect(adaptiveTrials(rows, 'bare', 'candidate')).toEqual([
    { task: 'a', side: 'candidate', index: 0, result: 'passed', errors: 2, costUsd: 0.7 },
    { task: 'a', side: 'candidate', index: 1, result: 'failed', errors: 0, costUsd: null },
  ])
})
