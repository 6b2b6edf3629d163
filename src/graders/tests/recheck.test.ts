import { expect, test } from 'vitest'
import { recheckTests, reportFiles } from './recheck.ts'

const config = { run: ['node', '--test'], failToPass: [], passToPass: 'none' }
const counts = { passed: 2, failed: 0, skipped: 0, todo: 0, flaky: 0 }
const details = {
  incomplete: null,
  counts,
  countsBefore: null,
  failToPass: [],
  passToPass: { names: 0, notPassed: [] },
  problems: [],
}

test('where nothing is named every reported test counts, and so does a problem outside of them', () => {
  expect(recheckTests({ score: 1, pass: true, details }, config, [])).toEqual([])
  const withProblem = { ...details, problems: [{ file: null, message: 'x' }] }
  expect(recheckTests({ score: 1, pass: true, details: withProblem }, config, [])).toEqual([
    'the recorded tests give fail, the grade says pass',
  ])
  const failed = { ...details, counts: { ...counts, failed: 2 } }
  expect(recheckTests({ score: 0.5, pass: false, details: failed }, config, [])).toEqual([])
  expect(recheckTests({ score: 1, pass: false, details: failed }, config, [])).toEqual([
    'the recorded tests give score 0.5, the grade says 1',
  ])
})

test('forged tests take the grade away, whatever was reported', () => {
  const forged = { ...details, liveness: { state: 'forged' } }
  expect(recheckTests({ score: 0, pass: false, details: forged }, config, [])).toEqual([])
  expect(recheckTests({ score: 1, pass: true, details: forged }, config, [])).toHaveLength(2)
})

test('the names must be those of the suite, and a report that is not whole lets nothing pass', () => {
  const named = { ...details, failToPass: [{ name: 'a', state: 'passed' }] }
  expect(
    recheckTests({ score: 1, pass: true, details: named }, { ...config, failToPass: ['b'] }, []),
  ).toEqual(['its failToPass tests are not those of the suite'])
  const cut = { ...named, incomplete: 'the runner was killed' }
  expect(recheckTests({ score: 1, pass: true, details: cut }, { ...config, failToPass: ['a'] }, [])).toEqual([
    'tests count as passed in a report that is not whole',
  ])
  expect(recheckTests({ score: 1, pass: true, details: {} }, config, [])).toHaveLength(1)
})

test('the report is where the runner of the command writes it, and one of several must fit', () => {
  expect(reportFiles(config)).toEqual(['patched-again.report', 'patched.report'])
  const junit = { ...config, run: 'make test', runner: 'junit', report: 'out.xml' }
  const xml = (cases: string): string => `<testsuites><testsuite name="s">${cases}</testsuite></testsuites>`
  const two = xml('<testcase classname="s" name="a"/><testcase classname="s" name="b"/>')
  expect(recheckTests({ score: 1, pass: true, details }, junit, [two])).toEqual([])
  expect(recheckTests({ score: 1, pass: true, details }, junit, [xml(''), two])).toEqual([])
  expect(
    recheckTests({ score: 1, pass: true, details }, junit, [xml('<testcase classname="s" name="a"/>')]),
  ).toEqual(['the report in its logs has 1 passed tests, the grade 2'])
})
