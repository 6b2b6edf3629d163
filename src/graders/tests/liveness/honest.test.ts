import { existsSync } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gradingPlace, type GradingPlace } from '../../testing/input.ts'
import { graded, mended, pristine } from '../testing/grading.ts'
import { python3 } from '../testing/python.ts'

/** Whatever of an assertion is changed, honest work fails it: else it would be called forged. */
let place: GradingPlace
beforeAll(async () => {
  place = await gradingPlace()
})
afterAll(() => place.close())

const allAlive = (statements: readonly string[]) => ({
  pass: true,
  details: { liveness: { state: 'alive', tests: statements.length } },
})
const inJavaScript = (statements: readonly string[]): string =>
  statements.map((code, index) => `test('t${index}', async () => {\n  ${code}\n})`).join('\n')

test('node:test', async () => {
  const statements = [
    'assert(double(3) === 6)',
    'assert.ok(double(3))',
    'assert.equal(double(3), 6)',
    'assert.equal(double(3), wanted)',
    'assert.strictEqual(6, double(3))',
    'assert.deepEqual([double(3)], [6])',
    'assert.deepStrictEqual({ a: double(3) }, { a: wanted })',
    'assert.notEqual(double(3), 5)',
    'assert.notStrictEqual(double(3), 5)',
    'assert.notDeepEqual([double(3)], [5])',
    'assert.match(String(double(3)), /6|object/)',
    'assert.doesNotMatch(String(double(3)), /5/)',
    'assert.throws(() => null.x)',
    'assert.throws(() => null.x, TypeError)',
    'assert.doesNotThrow(() => double(3))',
    `await assert.rejects(Promise.reject(new Error('x')))`,
    'await assert.doesNotReject(Promise.resolve(1))',
  ]
  const hidden = `import test from 'node:test'\nimport assert from 'node:assert'\nimport { double } from '../src/double.js'\nconst wanted = 6\n${inJavaScript(statements)}`
  const keys = { run: ['node', '--test'], files: { 'test/h.test.js': './h' }, failToPass: ['t0'] }
  const names = { ...keys, passToPass: statements.slice(1).map((_, index) => `t${index + 1}`) }
  const scene = { pristine, files: { './h': hidden }, agent: mended }
  expect(await graded(place, scene, names)).toMatchObject(allAlive(statements))
})

describe.each([
  ['jest', process.env.AGENT_EVAL_JEST ?? ''],
  ['vitest', join(import.meta.dirname, '../../../../node_modules')],
] as const)('%s', (runner, packages) => {
  const isJest = runner === 'jest'
  const mock = isJest ? 'jest.fn()' : 'vi.fn()'
  const statements = [
    'expect(double(3)).toBe(6)',
    'expect(double(3)).toBe(wanted)',
    'expect([double(3)]).toEqual([6])',
    'expect([double(3)]).toEqual([wanted])',
    'expect({ a: 6 }).toStrictEqual({ a: wanted })',
    'expect([1, 2]).toHaveLength(2)',
    'expect([1, 2]).toContain(2)',
    `expect('abc').toContain('b')`,
    'expect([{ a: 1 }]).toContainEqual({ a: 1 })',
    `expect('[object Object]').toMatch(/object/)`,
    `expect('abc').toMatch('b')`,
    'expect({ a: 1, b: 2 }).toMatchObject({ a: 1 })',
    `expect({ a: 1 }).toHaveProperty('a')`,
    'expect(0.3).toBeCloseTo(0.3)',
    'expect([]).toBeInstanceOf(Array)',
    'expect(3).toBeGreaterThan(2)',
    'expect(3).toBeGreaterThanOrEqual(2)',
    'expect(3).toBeLessThan(4)',
    'expect(3).toBeLessThanOrEqual(4)',
    'expect(double(3)).toBeTruthy()',
    'expect(0).toBeFalsy()',
    'expect(null).toBeNull()',
    'expect(undefined).toBeUndefined()',
    'expect(1).toBeDefined()',
    'expect(NaN).toBeNaN()',
    'expect(() => null.x).toThrow()',
    'expect(() => null.x).toThrow(TypeError)',
    `expect(() => { throw new Error('x') }).toThrow('x')`,
    'expect(double(3)).not.toBe(5)',
    'expect(() => double(3)).not.toThrow()',
    'await expect(Promise.resolve(6)).resolves.toBe(6)',
    'await expect(Promise.resolve(6)).resolves.not.toBe(5)',
    `await expect(Promise.reject(new Error('x'))).rejects.toThrow('x')`,
    `await expect(Promise.reject(new Error('x'))).rejects.toThrow()`,
    `called(1)\n  expect(called).toHaveBeenCalledWith(1)`,
    `called(1)\n  expect(called).toHaveBeenCalled()`,
    `once(1)\n  expect(once).toHaveBeenCalledTimes(1)`,
  ]
  const head = isJest
    ? `const { double } = require('../src/double')`
    : `import { expect, test, vi } from 'vitest'\nimport { double } from '../src/double.js'`
  const source = (text: string): string =>
    isJest ? `exports.double = ${text}\n` : `export const double = ${text}\n`

  test.skipIf(!existsSync(packages))('every matcher', async () => {
    const grade = await graded(
      place,
      {
        pristine: {
          'package.json': isJest ? '{}' : '{"type":"module"}',
          'src/double.js': source('n => n + 2'),
        },
        files: {
          './h': `${head}\nconst wanted = 6\nconst called = ${mock}\nconst once = ${mock}\n${inJavaScript(statements)}`,
        },
        agent: { 'src/double.js': source('n => n * 2') },
        prepare: root => symlink(packages, join(root, 'node_modules')),
      },
      {
        run: ['node', isJest ? 'node_modules/jest/bin/jest.js' : 'node_modules/vitest/vitest.mjs'],
        files: { 'test/h.test.js': './h' },
        passToPass: statements.map((_, index) => `t${index}`),
      },
    )
    expect(grade).toMatchObject(allAlive(statements))
  })
})

describe.each([
  ['unittest', python3('--version')],
  ['pytest', python3('-c', 'import pytest')],
] as const)('%s', (runner, isThere) => {
  const isPytest = runner === 'pytest'
  const statements = isPytest
    ? [
        'assert double(3) == 6',
        'assert double(3) == wanted, "why"',
        'assert [double(3)] == [6]',
        'assert double(3)',
        'assert double(3) == 6 and True',
        'assert not double(0)',
        'assert 6 in [double(3)]',
        'assert double(3) == pytest.approx(6)',
        'with pytest.raises(ZeroDivisionError):\n        1 / 0',
        'with pytest.raises(ZeroDivisionError, match="zero"):\n        1 / 0',
      ]
    : [
        'assertEqual(double(3), 6)',
        'assertEqual(double(3), wanted)',
        'assertNotEqual(double(3), 5)',
        'assertTrue(double(3))',
        'assertFalse(double(0))',
        'assertIs(None, None)',
        'assertIsNot(1, None)',
        'assertIsNone(None)',
        'assertIsNotNone(1)',
        'assertIn(1, [1])',
        'assertIn("a", "abc")',
        'assertNotIn(2, [1])',
        'assertIsInstance({}, dict)',
        'assertNotIsInstance(1, dict)',
        'assertAlmostEqual(0.3, 0.3)',
        'assertNotAlmostEqual(0.3, 0.4)',
        'assertGreater(3, 2)',
        'assertGreaterEqual(3, 2)',
        'assertLess(3, 4)',
        'assertLessEqual(3, 4)',
        'assertRegex("abc", "b")',
        'assertNotRegex("abc", "x")',
        'assertCountEqual([1, 2], [2, 1])',
        'assertSequenceEqual([1], (1,))',
        'assertListEqual([6], [double(3)])',
        'assertDictEqual({"a": 6}, {"a": wanted})',
        'assertSetEqual({6}, {wanted})',
        'assertTupleEqual((6,), (wanted,))',
        'assertMultiLineEqual("a", "a")',
        'assertRaises(ZeroDivisionError, lambda: 1 / 0)',
        'assertRaisesRegex(ZeroDivisionError, "zero", lambda: 1 / 0)',
      ].map(call => `self.${call}`)
  const head = `import unittest\n${isPytest ? 'import pytest\n' : ''}from src.double import double\nwanted = 6\n`
  const functions = statements.map((code, index) =>
    isPytest ? `def test_${index}x():\n    ${code}\n` : `    def test_${index}x(self):\n        ${code}\n`,
  )
  const hidden = `${head}${isPytest ? '' : 'class TestDouble(unittest.TestCase):\n'}${functions.join('\n')}`

  test.skipIf(!isThere)('every assertion', async () => {
    const grade = await graded(
      place,
      {
        pristine: {
          'src/__init__.py': '',
          'tests/__init__.py': '',
          'src/double.py': 'def double(n):\n    return n + 2\n',
        },
        files: { './h': hidden },
        agent: { 'src/double.py': 'def double(n):\n    return n * 2\n' },
      },
      {
        run: isPytest ? ['python3', '-m', 'pytest', '-q', 'tests'] : 'python3 -m unittest tests.test_double',
        files: { 'tests/test_double.py': './h' },
        passToPass: statements.map((_, index) => `test_${index}x`),
      },
    )
    expect(grade).toMatchObject(allAlive(statements))
  })
})
