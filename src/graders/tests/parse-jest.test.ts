import { expect, test } from 'vitest'
import { parseJest } from './parse-jest.ts'
import { recorded, shown } from './testing/report.ts'

test('jest: a retried test is flaky, a file that does not load is a problem with its reason', () => {
  const report = parseJest(recorded('jest.json'))
  expect(shown(report)).toEqual([
    'passed /workspace/test/offset.test.js > offset > keeps the minutes',
    'failed /workspace/test/offset.test.js > offset > fails > odd — Error: expect(received).toBe(expected) // Object.is equality',
    'skipped /workspace/test/offset.test.js > offset > skipped one',
    'todo /workspace/test/offset.test.js > offset > todo one',
    'passed /workspace/test/offset.test.js > offset > inner > keeps the minutes',
    'passed /workspace/test/offset.test.js > offset > inner > each 1',
    'passed /workspace/test/offset.test.js > offset > inner > each 1',
    'passed /workspace/test/offset.test.js > top',
    'flaky /workspace/test/retry.test.js > flaky',
    "problem /workspace/test/load.test.js: Cannot find module './nothing' from 'test/load.test.js'",
  ])
  expect(report.incomplete).toBeNull()
})

test('vitest: a test that passed at its second try is flaky', () => {
  const report = parseJest(recorded('vitest.json'))
  expect(shown(report)).toContain('flaky /workspace/test/offset.test.js > offset > flaky — Error: x')
  expect(shown(report)).toContain(
    'passed /workspace/test/offset.test.js > offset > inner > keeps the minutes',
  )
  expect(shown(report)).toContain('skipped /workspace/test/offset.test.js > offset > skipped one')
  expect(report.incomplete).toBeNull()
})

const whole = {
  success: true,
  numTotalTests: 1,
  numPassedTests: 1,
  testResults: [
    {
      name: '/workspace/a.test.js',
      status: 'passed',
      assertionResults: [{ ancestorTitles: [], title: 'a', status: 'passed', failureMessages: [] }],
    },
  ],
}

test.each([
  ['cut off', JSON.stringify(whole).slice(0, -20), 'the report is no whole JSON report of jest or vitest'],
  ['of another shape', '{"stats":{}}', 'the report is no whole JSON report of jest or vitest'],
  [
    'with fewer tests than counted',
    JSON.stringify({ ...whole, numTotalTests: 2 }),
    'the runner counted 2 tests but reported 1',
  ],
  [
    'with more passes than counted',
    JSON.stringify({ ...whole, numPassedTests: 0 }),
    'the runner counted 0 passed tests but reported 1',
  ],
  ['of an interrupted run', JSON.stringify({ ...whole, wasInterrupted: true }), 'the runner was interrupted'],
])('a report %s is not whole', (_what, text, reason) => {
  expect(parseJest(text).incomplete).toBe(reason)
})

test('a failure outside of all tests is a problem', () => {
  expect(parseJest(JSON.stringify({ ...whole, success: false })).problems).toEqual([
    { file: null, message: 'the runner says that something failed outside of the tests' },
  ])
})
