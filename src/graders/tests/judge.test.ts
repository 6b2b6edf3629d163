import { expect, test } from 'vitest'
import { TestsConfig } from './config.ts'
import { judge } from './judge.ts'
import { aRun, aTest } from './testing/report.ts'

const config = (keys: object): TestsConfig => TestsConfig.parse({ run: 'node --test', ...keys })

const failed = (title: string, message = 'expected 330, got 300'): ReturnType<typeof aTest> =>
  aTest(title, { state: 'failed', message })

test('all that was to pass passes: one line', () => {
  const before = aRun([failed('new'), aTest('old'), aTest('older')])
  const run = aRun([aTest('new'), aTest('old'), aTest('older')])
  expect(judge(config({ failToPass: ['new'] }), run, before, [])).toMatchObject({
    score: 1,
    pass: true,
    explanation: '1 of 1 named tests passes, 2 tests still pass',
  })
})

test('an agent that does nothing has score 0, however many tests pass anyway', () => {
  const run = aRun([failed('new'), aTest('old'), aTest('older')])
  expect(judge(config({ failToPass: ['new'] }), run, run, [])).toMatchObject({
    score: 0,
    pass: false,
    explanation: '0 of 1 named tests pass, 2 tests still pass\n- failed: new — expected 330, got 300',
  })
})

test('half of what was to be mended, half of the rest broken: a quarter', () => {
  const before = aRun([failed('a'), failed('b'), aTest('old'), aTest('older')])
  const run = aRun([aTest('a'), failed('b'), failed('old', 'crash'), aTest('older')])
  const grade = judge(config({ failToPass: ['a', 'b'] }), run, before, [])
  expect(grade).toMatchObject({ score: 0.25, pass: false })
  expect(grade.explanation.split('\n')).toEqual([
    '1 of 2 named tests passes, 1 of 2 tests still passes',
    '- failed: b — expected 330, got 300',
    '1 test that passed before:',
    '- failed: test/a.js > old — crash',
  ])
})

test('a test that passed before and is gone is a regression', () => {
  const grade = judge(config({}), aRun([aTest('old')]), aRun([aTest('old'), aTest('older')]), [])
  expect(grade).toMatchObject({ score: 0.5, pass: false })
  expect(grade.explanation).toContain('- not reported: test/a.js > older')
})

test('what failed, was skipped or could not be told apart before need not pass now', () => {
  const before = aRun([
    aTest('old'),
    failed('bad'),
    aTest('off', { state: 'skipped' }),
    aTest('twice'),
    aTest('twice'),
  ])
  expect(judge(config({}), aRun([aTest('old')]), before, [])).toMatchObject({
    pass: true,
    explanation: '1 test still passes',
  })
})

test('without whole reports nothing counts as passed, even what was reported', () => {
  const run = aRun([aTest('new'), aTest('old')], {
    incomplete: 'the tests did not end within 5m',
    end: 'timeout',
    exitCode: null,
    lastLine: 'waiting',
  })
  expect(judge(config({ failToPass: ['new'], passToPass: ['old'] }), run, null, [])).toMatchObject({
    score: 0,
    pass: false,
    explanation:
      '0 of 1 named tests pass, 0 of 1 other named test still pass\n' +
      'No test counts as passed: the tests did not end within 5m (timeout). Last line of its output: waiting',
  })
})

test('the exit code decides nothing', () => {
  expect(
    judge(
      config({ failToPass: ['new'], passToPass: 'none' }),
      aRun([aTest('new')], { exitCode: 1 }),
      null,
      [],
    ).pass,
  ).toBe(true)
  expect(
    judge(config({ failToPass: ['new'], passToPass: 'none' }), aRun([failed('new')]), null, []).pass,
  ).toBe(false)
})

test('why a named test was not reported is told by the files that did not load', () => {
  const run = aRun([], { problems: [{ file: 'test/new.js', message: "Cannot find module '../src/new.js'" }] })
  expect(
    judge(config({ failToPass: ['new'], passToPass: 'none' }), run, null, []).explanation.split('\n'),
  ).toEqual([
    '0 of 1 named tests pass',
    '- not reported: new',
    "- test/new.js: Cannot find module '../src/new.js'",
  ])
})

test('with names of the rest as a list, only those count', () => {
  const run = aRun([aTest('old'), failed('other')])
  expect(judge(config({ passToPass: ['old'] }), run, null, [])).toMatchObject({
    pass: true,
    explanation: '1 other named test still passes',
  })
})

test('where nothing is named every test must pass, and there must be one', () => {
  const nothing = config({ passToPass: 'none' })
  expect(judge(nothing, aRun([aTest('a')]), null, [])).toMatchObject({
    score: 1,
    pass: true,
    explanation: '1 of 1 reported tests passes',
  })
  expect(judge(nothing, aRun([]), null, [])).toMatchObject({
    score: 0,
    pass: false,
    explanation: 'no test was reported',
  })
  expect(judge(nothing, aRun([aTest('a'), aTest('b', { state: 'skipped' })]), null, [])).toMatchObject({
    score: 0.5,
    pass: false,
  })
  const broken = aRun([aTest('a')], { problems: [{ file: 'b.js', message: 'does not load' }] })
  expect(judge(nothing, broken, null, []).pass).toBe(false)
})

test('an AVA test is the same when a second file puts the file into its name', () => {
  const before = aRun([aTest('keeps', { file: null })])
  const run = aRun([
    aTest('keeps', { file: null, suite: ['offset'] }),
    aTest('new', { file: null, suite: ['more'] }),
  ])
  expect(judge(config({}), run, before, []).pass).toBe(true)
})

test('a long list of names is cut', () => {
  const many = Array.from({ length: 14 }, (_, index) => `t${index}`)
  const lines = judge(config({ failToPass: many, passToPass: 'none' }), aRun([]), null, []).explanation.split(
    '\n',
  )
  expect(lines).toHaveLength(12)
  expect(lines.at(-1)).toBe('- and 4 more')
})

test('the details tell what was counted, what is named and what the agent did to test files', () => {
  const before = aRun([failed('new'), aTest('old')])
  const run = aRun([aTest('new'), aTest('old'), aTest('own', { file: 'test/own.js' })], {
    restored: ['conftest.py'],
  })
  const { details } = judge(config({ failToPass: ['new'], files: { 'test/a.js': 'a.js' } }), run, before, [
    'test/own.js',
    'test/a.js',
    'conftest.py',
    'src/a.js',
  ])
  expect(details).toMatchObject({
    runner: 'node',
    end: 'exited',
    exitCode: 0,
    counts: { passed: 3, failed: 0 },
    countsBefore: { passed: 1, failed: 1 },
    failToPass: [{ name: 'new', state: 'passed', tests: ['test/a.js > new'] }],
    passToPass: { names: 1, notPassed: [] },
    others: [{ name: 'test/own.js > own', state: 'passed' }],
    restored: ['conftest.py'],
    changedTestFiles: ['test/own.js'],
  })
  expect(JSON.parse(JSON.stringify(details))).toEqual(details)
})
