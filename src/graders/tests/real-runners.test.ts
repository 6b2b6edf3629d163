import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { gradingPlace, type GradingPlace } from '../testing/input.ts'
import { TestsConfig } from './config.ts'
import { runTests } from './run.ts'
import { graded } from './testing/grading.ts'
import { shown } from './testing/report.ts'
import { python3 } from './testing/python.ts'

let place: GradingPlace
beforeAll(async () => {
  place = await gradingPlace()
})
afterAll(() => place.close())

describe('vitest', () => {
  const linked = async (root: string): Promise<void> =>
    symlink(join(import.meta.dirname, '../../../node_modules'), join(root, 'node_modules'))
  const text = `
    import { expect, test } from 'vitest'
    console.log('{"numTotalTests":1,"success":true}')
    test('keeps the minutes', () => { expect(1 + 1).toBe(2) })
    test('exits', () => { process.exit(0) })`

  test('is told where to write its report, whatever the tests print', async () => {
    const input = await place.input({ workspace: { 'a.test.js': text }, change: linked })
    const config = TestsConfig.parse({ run: 'node_modules/.bin/vitest run', passToPass: 'none' })
    const run = await runTests(input, config, 'patched')
    expect(shown(run)).toEqual([
      'passed a.test.js > keeps the minutes',
      'failed a.test.js > exits — Error: process.exit unexpectedly called with "0"',
    ])
    expect(run).toMatchObject({ runner: 'vitest', incomplete: null, exitCode: 1 })
  })
})

const cart = `
import unittest
from src.double import double

class TestDouble(unittest.TestCase):
    def test_three(self):
        self.assertEqual(double(3), 6)

    def test_two(self):
        self.assertEqual(double(2), 4)
`
const python = {
  'src/__init__.py': '',
  'tests/__init__.py': '',
  'src/double.py': 'def double(n):\n    return n + 2\n',
}
const mendedPython = { 'src/double.py': 'def double(n):\n    return n * 2\n' }
const unittestKeys = {
  run: 'python3 -m unittest -v tests.test_double',
  files: { 'tests/test_double.py': './test_double.py' },
  failToPass: ['tests.test_double.TestDouble.test_three'],
}
const pytestKeys = {
  run: ['python3', '-m', 'pytest', '-q', 'tests'],
  files: { 'tests/test_double.py': './test_double.py' },
  failToPass: ['tests/test_double.py::TestDouble::test_three'],
}

const hasPython = python3('--version')
const hasPytest = hasPython && python3('-c', 'import pytest')

describe.each([
  ['unittest', hasPython, unittestKeys],
  ['pytest', hasPytest, pytestKeys],
] as const)('%s', (name, isThere, wanted) => {
  beforeEach(({ skip }) => skip(!isThere, `${name} is not installed here`))
  const scene = { pristine: python, files: { './test_double.py': cart } }

  test('work that is right passes, no work fails', async () => {
    expect(await graded(place, { ...scene, agent: mendedPython }, wanted)).toMatchObject({
      pass: true,
      explanation: '1 of 1 named tests passes, 1 test still passes',
    })
    const nothing = await graded(place, scene, wanted)
    expect(nothing).toMatchObject({ score: 0, pass: false })
    expect(nothing.explanation).toContain('AssertionError: 5 != 6')
  })

  test('leaving with exit code 0 fails', async () => {
    const agent = { 'src/double.py': 'import os\n\ndef double(n):\n    os._exit(0)\n' }
    expect(await graded(place, { ...scene, agent }, wanted)).toMatchObject({ score: 0, pass: false })
  })

  test('a conftest.py and a sitecustomize.py of the agent are put back', async () => {
    const forge = [
      'import pytest',
      '@pytest.hookimpl(hookwrapper=True)',
      'def pytest_runtest_makereport(item, call):',
      '    result = yield',
      '    report = result.get_result()',
      '    report.outcome = "passed"',
      '    report.longrepr = None',
    ].join('\n')
    const grade = await graded(
      place,
      { ...scene, agent: { 'conftest.py': forge, 'tests/conftest.py': forge, 'sitecustomize.py': forge } },
      wanted,
    )
    expect(grade).toMatchObject({ score: 0, pass: false })
    expect(grade.explanation).toContain(
      'Put back before the tests ran: conftest.py, tests/conftest.py, sitecustomize.py.',
    )
  })

  test('modules of the agent with the names of the runner and of the standard library are not taken', async () => {
    const evil = 'import os, sys\nprint("taken", __name__)\nos._exit(0)\n'
    const agent = {
      ...mendedPython,
      'unittest.py': evil,
      'pytest.py': evil,
      '_pytest/__init__.py': evil,
      'json.py': evil,
      'difflib.py': evil,
    }
    expect(await graded(place, { ...scene, agent }, wanted)).toMatchObject({ pass: true })
  })
})
