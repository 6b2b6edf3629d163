import { expect, test } from 'vitest'
import { parseJsonLines } from './parse-json-lines.ts'
import { recorded, shown } from './testing/report.ts'

const node = [
  'passed /workspace/test/crash.node.js > ok one',
  'failed /workspace/test/crash.node.js > hooked > never runs — test did not finish before its parent and was cancelled',
  'passed /workspace/test/crash.node.js > parent fails itself > kid',
  'failed /workspace/test/crash.node.js > parent fails itself — own',
  'passed /workspace/test/offset.node.js > offset > keeps the minutes',
  'failed /workspace/test/offset.node.js > offset > fails > odd — 1 == 2',
  'skipped /workspace/test/offset.node.js > offset > skipped one',
  'todo /workspace/test/offset.node.js > offset > todo one',
  'passed /workspace/test/offset.node.js > offset > inner > keeps the minutes',
  'passed /workspace/test/offset.node.js > parent > child',
  'failed /workspace/test/offset.node.js > parent > child 2 — boom',
  'failed /workspace/test/offset.node.js > parent — 1 subtest failed',
  'todo /workspace/test/offset.node.js > todo fails — x',
  'skipped /workspace/test/offset.node.js > expect',
  'problem /workspace/test/crash.node.js: hooked: hook broke',
  "problem /workspace/test/load.node.js: Error: Cannot find module './nothing'",
]

test.each(['node-20.jsonl', 'node-24.jsonl'])(
  '%s: groups, subtests and hooks are told apart, a file that exits without a test counts for nothing',
  name => {
    const report = parseJsonLines(recorded(name))
    expect(shown(report)).toEqual(node)
    expect(report.incomplete).toBeNull()
  },
)

test('mocha: a retried test is flaky, a broken hook is a problem', () => {
  expect(shown(parseJsonLines(recorded('mocha.jsonl')))).toEqual([
    'passed /workspace/test/offset.js > top',
    'passed /workspace/test/offset.js > offset > keeps the minutes',
    'failed /workspace/test/offset.js > offset > fails > odd — 1 == 2',
    'skipped /workspace/test/offset.js > offset > skipped one',
    'skipped /workspace/test/offset.js > offset > pending one',
    'passed /workspace/test/offset.js > offset > inner > keeps the minutes',
    'flaky /workspace/test/offset.js > offset > inner > flaky',
    'problem /workspace/test/offset.js: "before all" hook for "never": hook broke',
  ])
})

test('unittest: a failing subtest fails its test, an expected failure is no pass', () => {
  const report = parseJsonLines(recorded('unittest.jsonl'))
  expect(shown(report)).toEqual([
    'skipped /workspace/tests/test_offset.py > TestU > test_sk',
    'failed /workspace/tests/test_offset.py > TestU > test_sub — AssertionError: 1 == 1',
    'todo /workspace/tests/test_offset.py > TestU > test_xf',
    "problem test_load: ModuleNotFoundError: No module named 'nothing'",
  ])
  expect(report.tests[0]?.aliases).toEqual(['tests.test_offset.TestU.test_sk'])
})

const passed = '{"event":"test","file":null,"suite":[],"title":"a","state":"passed","message":null}\n'

test.each([
  ['nothing at all', '', 'the runner ended before its report did'],
  ['no end, as after process.exit(0)', passed, 'the runner ended before its report did'],
  ['a line cut in half', passed + passed.slice(0, 30), 'line 2 of the report is broken'],
  [
    'another count than tests',
    `${passed}{"event":"end","tests":2}\n`,
    'the runner counted 2 tests but reported 1',
  ],
  [
    'lines added behind the end',
    `${passed}{"event":"end","tests":1}\n${passed}`,
    'the report goes on after its end',
  ],
])('a report with %s is not whole', (_what, text, reason) => {
  expect(parseJsonLines(text).incomplete).toBe(reason)
})
