import { expect, test } from 'vitest'
import { parseJunit } from './parse-junit.ts'
import { recorded, shown } from './testing/report.ts'

test('pytest: the dotted class name becomes the class path, with the node id as another name', () => {
  const report = parseJunit(recorded('pytest.xml'), 'pytest')
  expect(shown(report)).toEqual([
    'passed tests/test_offset.py > test_plain',
    'passed tests/test_offset.py > TestA > test_b',
    'failed tests/test_offset.py > TestA > test_p[1] — AssertionError: line one',
    'passed tests/test_offset.py > TestA > test_p[a b]',
    String.raw`passed tests/test_offset.py > TestA > test_p[\xe9/\xfc]`,
    'passed tests/test_offset.py > TestA > test_p[x::y]',
    'passed tests/test_offset.py > TestA > TestInner > test_c',
    'skipped tests/test_offset.py > TestU > test_sk',
    'failed tests/test_offset.py > TestU > test_sub — AssertionError: 1 == 1',
    'todo tests/test_offset.py > TestU > test_xf',
    'passed tests/test_offset.py > test_xpass',
    'failed tests/test_offset.py > test_xpass_strict — [XPASS(strict)]',
    'failed tests/test_offset.py > test_err — failed on setup with "RuntimeError: setup"',
    'failed tests/test_offset.py > test_td — failed on teardown with "RuntimeError: teardown"',
    'failed tests/test_offset.py > test_td_fail — assert 0',
    'failed tests/test_offset.py > test_td_fail — failed on teardown with "RuntimeError: teardown"',
  ])
  expect(report.tests[6]?.aliases).toEqual([
    'tests/test_offset.py::TestA::TestInner::test_c',
    'tests.test_offset.TestA.TestInner.test_c',
  ])
  expect(report.incomplete).toBeNull()
})

test('pytest: a module that cannot be imported is a problem, not a test', () => {
  expect(shown(parseJunit(recorded('pytest-collection.xml'), 'pytest'))).toEqual([
    "problem tests/test_load.py: tests.test_load: ModuleNotFoundError: No module named 'nothing'",
  ])
})

test('nested suites become the path of a test (node)', () => {
  expect(shown(parseJunit(recorded('node-20.xml')))).toEqual([
    'passed offset > test > keeps the minutes',
    'failed offset > test > fails > odd — 1 == 2',
    'skipped offset > test > skipped one',
    'todo offset > test > todo one',
    'passed offset > inner > test > keeps the minutes',
    'passed parent > test > child',
    'failed parent > test > child 2 — boomsecond',
    'todo test > todo fails — x',
    'skipped test > expect',
  ])
})

test('a single suite as the root is read too (mocha xunit)', () => {
  const report = parseJunit(recorded('mocha-xunit.xml'))
  expect(shown(report)).toContain(
    'failed /workspace/test/offset.js > Mocha Tests > offset > fails > odd — 1 == 2',
  )
  expect(report.tests).toHaveLength(8)
})

test('Surefire: a test that passed after a rerun is flaky, one that never did has failed', () => {
  const report = parseJunit(`<?xml version="1.0" encoding="UTF-8"?>
    <testsuite name="com.shop.CartTest" tests="4" failures="1" errors="0" skipped="0">
      <testcase classname="com.shop.CartTest" name="adds"/>
      <testcase classname="com.shop.CartTest" name="slow"><flakyFailure message="late"/></testcase>
      <testcase classname="com.shop.CartTest" name="bad"><failure message="1 &lt; 2&#10;more"/><rerunFailure message="again"/></testcase>
      <testcase classname="com.shop.CartTest" name="off" status="notrun"/>
      <system-out><![CDATA[<testcase name="forged"/>]]></system-out>
    </testsuite>`)
  expect(shown(report)).toEqual([
    'passed com.shop.CartTest > adds',
    'flaky com.shop.CartTest > slow',
    'failed com.shop.CartTest > bad — 1 < 2',
    'skipped com.shop.CartTest > off',
  ])
  expect(report.tests[0]?.aliases).toEqual(['com.shop.CartTest.adds'])
})

test('a message may stand in the text of a failure only, also as CDATA', () => {
  const report = parseJunit(
    '<testsuites><testsuite name="s"><testcase name="t"><failure><![CDATA[\n  a < b &amp; c\nmore]]></failure></testcase></testsuite></testsuites>',
  )
  expect(shown(report)).toEqual(['failed s > t — a < b &amp; c'])
})

test('entities of a document type are not expanded', () => {
  const report = parseJunit(
    '<!DOCTYPE r [<!ENTITY a "forged"><!ENTITY b "&a;&a;">]><testsuites><testsuite name="&b;"><testcase name="&a;"/></testsuite></testsuites>',
  )
  expect(shown(report)).toEqual(['passed &b; > &a;'])
})

const open = '<testsuites failures="0"><testsuite name="s"><testcase name="t"/>'

test.each([
  ['cut off between elements', open],
  ['cut off within an element', `${open}<testcase na`],
  ['without an end tag', `${open}</testsuites>`],
  ['that is no XML', 'all fine'],
  ['of another kind', '<coverage/>'],
  ['with two roots', `${open}</testsuite></testsuites><testsuites></testsuites>`],
  ['nested deeper than any honest one', `${'<testsuite name="s">'.repeat(500)}${'</testsuite>'.repeat(500)}`],
  ['with a name that would change objects', '<testsuites constructor="x"></testsuites>'],
])('a report %s is not whole and gives no test', (_what, text) => {
  const report = parseJunit(text)
  expect(report.incomplete).not.toBeNull()
  expect(report.tests).toEqual([])
})

test('a report that counts failures but shows none is not whole', () => {
  const text = `${open.replace('failures="0"', 'failures="2"')}</testsuite></testsuites>`
  expect(parseJunit(text).incomplete).toBe('the runner counted failures but reported none')
})

test('a report of 20 MB is read', () => {
  const failing = `<testcase name="x" classname="a.b"><failure message="bad">${'a line of the trace &gt;\n'.repeat(40)}</failure></testcase>`
  const report = parseJunit(
    `<testsuites><testsuite name="s">${failing.repeat(20_000)}</testsuite></testsuites>`,
  )
  expect(report.incomplete).toBeNull()
  expect(report.tests).toHaveLength(20_000)
})
