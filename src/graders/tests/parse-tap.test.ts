import { expect, test } from 'vitest'
import { finderOf } from './names.ts'
import { parseTap } from './parse-tap.ts'
import { programSpecs } from './programs.ts'
import { recorded, shown } from './testing/report.ts'

test('tap: a subtest is a test, and what is in it has it in its path', () => {
  expect(shown(parseTap(recorded('tap.tap')))).toEqual([
    'passed test/a.test.mjs > keeps the minutes > should be equal',
    'passed test/a.test.mjs > keeps the minutes > named',
    'passed test/a.test.mjs > keeps the minutes',
    'failed test/a.test.mjs > parent > child > mm',
    'failed test/a.test.mjs > parent > child',
    'failed test/a.test.mjs > parent',
    'skipped test/a.test.mjs > skipped one',
    'todo test/a.test.mjs > todo one',
    'failed test/a.test.mjs',
  ])
})

test('node: the reason of a failure is in its diagnosis', () => {
  const report = parseTap(recorded('node-20.tap'))
  expect(shown(report)).toContain('failed offset > fails > odd — 1 == 2')
  expect(shown(report)).toContain('passed offset > inner > keeps the minutes')
  expect(report.incomplete).toBeNull()
})

test('tape: a test is a comment and the assertions behind it', () => {
  expect(shown(parseTap(recorded('tape.tap')))).toEqual([
    'passed keeps the minutes',
    'failed a comment — should be strictly equal',
    'todo todo one',
    'passed nested',
    'passed child',
    'skipped only skip inside',
  ])
})

test('bats: a comment below a failure does not name the next test', () => {
  const report = parseTap(
    '1..3\nok 1 adds\nnot ok 2 takes\n# (in test file a.bats, line 5)\nok 3 skips # skip why\n',
  )
  expect(shown(report)).toEqual(['passed adds', 'failed takes', 'skipped skips'])
  expect(report.incomplete).toBeNull()
})

test('AVA: file and title come apart, in a single file there is only the title', () => {
  expect(shown(programSpecs.ava.parse(recorded('ava.tap')))).toEqual([
    'skipped offset > skipped one',
    'todo offset > todo one',
    'passed other > keeps the minutes',
    'passed offset > keeps the minutes',
    'failed offset > fails > odd',
    'passed offset > known',
  ])
  expect(shown(programSpecs.ava.parse(recorded('ava-one-file.tap')))).toEqual(['passed keeps the minutes'])
})

test('TAP 14: subtests in braces, escaped signs, a reason to do it later', () => {
  const report = parseTap(
    'TAP version 14\nok 1 - par {\n    ok 1 - kid\n    1..1\n}\nok 2 - a \\# b # TODO later\n1..2\n',
  )
  expect(shown(report)).toEqual(['passed par > kid', 'passed par', 'todo a # b'])
  expect(report.incomplete).toBeNull()
})

test('tape: a test answers to its assertions, too', () => {
  const text =
    'TAP version 13\n# adds\nok 1 - small\nok 2 - large\n# empty\nok 3 - none\n\n1..3\n# tests 3\n# pass  3\n\n# ok\n'
  const find = finderOf(parseTap(text).tests)
  expect(find('adds > large').map(test => test.title)).toEqual(['adds'])
  expect(find('none').map(test => test.title)).toEqual(['empty'])
  expect(find('adds')).toHaveLength(1)
})

test('TAP 13: a subtest has the name of the point behind it', () => {
  expect(shown(parseTap('TAP version 13\n    ok 1 - kid\n    1..1\nok 1 - par\n1..1\n'))).toEqual([
    'passed par > kid',
    'passed par',
  ])
})

test('no test at all is a whole report without tests', () => {
  expect(parseTap('1..0 # SKIP all of it\n')).toEqual({ tests: [], problems: [], incomplete: null })
})

test.each([
  ['without a plan, as after process.exit(0)', 'TAP version 13\nok 1 - a\n', 'broken TAP: no plan'],
  ['with fewer points than planned', '1..2\nok 1 - a\n', /^broken TAP: /],
  ['with more points than planned', '1..1\nok 1 - a\nok 2 - b\n', /^broken TAP: /],
  ['that gave up', '1..2\nok 1 - a\nBail out! no database\n', 'the runner bailed out: no database'],
  [
    'printed by a test in front of the real one',
    '1..1\nok 1 - a\n1..2\nnot ok 1 - a\nok 2 - b\n',
    /^broken TAP: /,
  ],
  ['that tells a point twice', '1..2\nok 1 - a\nok 1 - a\n', /^broken TAP: /],
])('a report %s is not whole', (_what, text, reason) => {
  expect(parseTap(text).incomplete).toMatch(reason)
})
