import { expect, test } from 'vitest'
import { aGradedTrial, anAttempt, anErroredTrial } from '../testing/builders.ts'
import { checkLedger } from './check-ledger.ts'

const lines = (...values: unknown[]): string =>
  values.map(value => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`).join('')
const other = aGradedTrial('a/b/0', { attempt: anAttempt({ durationMs: 5 }) })

test('an errored trial may be done again, a graded one may only be graded again', () => {
  expect(checkLedger(lines(anErroredTrial('a/b/0'), other))).toEqual([])
  expect(checkLedger(lines(other, { ...other, pass: false, score: 0 }))).toEqual([])
  expect(checkLedger(lines(aGradedTrial('a/b/0'), other))).toEqual([
    {
      trial: 'a/b/0',
      kind: 'problem',
      message: 'line 2 of trials.jsonl replaces a graded trial by another attempt',
    },
  ])
})

test('a line that was cut off is a problem unless its trial was done again', () => {
  const torn = JSON.stringify(other).slice(0, 60)
  expect(checkLedger(lines(torn, other))).toEqual([])
  expect(checkLedger(lines(other, torn))).toMatchObject([{ trial: 'a/b/0', kind: 'problem' }])
  expect(checkLedger(lines({ ...other, pass: 'yes' }, other))).toHaveLength(1)
})
