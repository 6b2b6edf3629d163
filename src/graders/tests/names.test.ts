import { describe, expect, test } from 'vitest'
import { finderOf, lookUp } from './names.ts'
import { aTest } from './testing/report.ts'

const inner = aTest('keeps the minutes', { file: 'test/offset.test.js', suite: ['offset', 'east'] })
const python = aTest('test_b[a b]', {
  file: 'tests/test_x.py',
  suite: ['TestA'],
  aliases: ['tests/test_x.py::TestA::test_b[a b]', 'tests.test_x.TestA.test_b[a b]'],
})

describe('a test answers to', () => {
  test.each([
    'keeps the minutes',
    'east keeps the minutes',
    'offset east keeps the minutes',
    'offset > east > keeps the minutes',
    'offset › east › keeps the minutes',
    'test/offset.test.js > offset > east > keeps the minutes',
    ' keeps\n  the minutes ',
  ])('%s', name => {
    expect(lookUp(name, finderOf([inner, python])).state).toBe('passed')
  })

  test.each([
    'test_b[a b]',
    'TestA > test_b[a b]',
    'tests/test_x.py > TestA > test_b[a b]',
    'tests/test_x.py::TestA::test_b[a b]',
    'tests.test_x.TestA.test_b[a b]',
  ])('%s', name => {
    expect(lookUp(name, finderOf([inner, python])).matches).toEqual([python])
  })
})

test.each([
  'minutes',
  'keeps',
  'offset keeps the minutes',
  'test/offset.test.js',
  'Keeps the minutes',
  'constructor',
])('a test does not answer to %s', name => {
  expect(lookUp(name, finderOf([inner])).state).toBe('not reported')
})

test('a name that fits two tests is unclear, also where both passed, and the longer names are told', () => {
  const west = aTest('keeps the minutes', { file: 'test/offset.test.js', suite: ['offset', 'west'] })
  const found = lookUp('keeps the minutes', finderOf([inner, west]))
  expect(found.state).toBe('unclear')
  expect(found.message).toBe(
    'it fits 2 tests, use the longer name: test/offset.test.js > offset > east > keeps the minutes; test/offset.test.js > offset > west > keeps the minutes',
  )
  expect(lookUp('west > keeps the minutes', finderOf([inner, west])).state).toBe('passed')
})

test('a test that was reported twice as passed did not pass', () => {
  const found = lookUp('keeps the minutes', finderOf([inner, { ...inner }]))
  expect(found.state).toBe('unclear')
  expect(found.message).toBe('test/offset.test.js > offset > east > keeps the minutes was reported 2 times')
})

test('a test that was reported as passed and as failed has failed', () => {
  const failed = { ...inner, state: 'failed' as const, message: 'expected 330, got 300' }
  expect(lookUp('keeps the minutes', finderOf([inner, failed]))).toMatchObject({
    state: 'failed',
    message: 'expected 330, got 300',
  })
})

test.each(['failed', 'skipped', 'todo', 'flaky'] as const)('a test that is %s did not pass', state => {
  expect(lookUp('a', finderOf([aTest('a', { state })])).state).toBe(state)
})
