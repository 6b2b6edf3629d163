import { describe, expect, test } from 'vitest'
import type { RunnerName } from '../plan.ts'
import { changeTests } from './change.ts'

const heads = {
  node: `import test from 'node:test'\nimport assert, { equal as same } from 'node:assert'\n`,
  vitest: `import { expect, test } from 'vitest'\n`,
  unittest: 'import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n        ',
  pytest: 'import pytest\ndef test_a():\n    ',
}

/** The one statement of a test, as it is then; null if it stays as it is. */
function changed(runner: keyof typeof heads, statement: string): string | null {
  const isPython = runner === 'unittest' || runner === 'pytest'
  const text = heads[runner] + (isPython ? `${statement}\n` : `test('a', async () => {\n${statement}\n})\n`)
  const named = { suite: runner === 'unittest' ? ['T'] : [], title: isPython ? 'test_a' : 'a' }
  const result = changeTests(text, [named], [named], runner satisfies RunnerName)
  expect(result.text === text).toBe(result.changed.length === 0)
  if (result.changed.length === 0) return null
  const line = result.text.split('\n')[(result.changed[0]?.line ?? 0) - 1] ?? ''
  return line.trim()
}

describe('another value is expected', () => {
  test.each<[keyof typeof heads, string, string]>([
    ['node', `assert.equal(f(1), 2)`, `assert.equal(f(1), 3)`],
    ['node', `assert.equal(f(1), -1, 'why')`, `assert.equal(f(1), 0, 'why')`],
    ['node', `assert.strictEqual('ab z', f(1))`, `assert.strictEqual('ab y', f(1))`],
    ['node', `same(f(1), true)`, `same(f(1), false)`],
    [
      'node',
      `assert.deepEqual(f(1), { a: [1, 'x'], 'b': null })`,
      `assert.deepEqual(f(1), { a: [1, 'x'], 'b': 1 })`,
    ],
    ['vitest', `expect(f(g(1))).toEqual([1, 2.5])`, `expect(f(g(1))).toEqual([1, 3.5])`],
    ['vitest', `await expect(f()).resolves.toBe('')`, `await expect(f()).resolves.toBe('a')`],
    ['unittest', `self.assertEqual(f(1), {"a": (1, None)})`, `self.assertEqual(f(1), {"a": (1, 1)})`],
    ['unittest', `self.assertEqual(9, f(1))`, `self.assertEqual(10, f(1))`],
    ['pytest', `assert f(1) == [1, True], "why"`, `assert f(1) == [1, False], "why"`],
  ])('%s: %s', (runner, statement, wanted) => expect(changed(runner, statement)).toBe(wanted))
})

describe('what has no value is put into an object, or becomes its opposite', () => {
  test.each<[keyof typeof heads, string, string]>([
    ['node', `assert(f(1) === 2)`, `assert(!(f(1) === 2))`],
    ['node', `assert.ok(f(1), 'why')`, `assert.ok(!(f(1)), 'why')`],
    ['node', `assert.equal(f(1), 0x10)`, `assert.equal(f(1), { is: 0x10 })`],
    ['node', `assert.equal(f(1), [1][0])`, `assert.equal(f(1), { is: [1][0] })`],
    ['node', `same(f(1), { ...x, a: 1 })`, `same(f(1), { is: { ...x, a: 1 } })`],
    ['node', `assert.throws(() => f(1))`, `assert.throws({ is: () => f(1) })`],
    ['node', `await assert.rejects(f(1))`, `await assert.doesNotReject(f(1))`],
    ['vitest', `await expect(f()).rejects.toThrow()`, `await expect(f()).rejects.not.toThrow()`],
    ['node', `assert.match(f(1), /a,b/)`, `assert.match({ is: f(1) }, /a,b/)`],
    ['node', `assert.notDeepEqual(f(1), 2)`, `assert.deepEqual(f(1), 2)`],
    ['vitest', `expect(f(1)).toBe(own)`, `expect(f(1)).toBe({ is: own })`],
    ['vitest', `expect(f(1)).not.toBe(2)`, `expect(f(1)).toBe(2)`],
    ['vitest', `expect(f(1)).toMatch(/a,b/)`, `expect(f(1)).toMatch(/(?!)/)`],
    ['vitest', `expect(f(1)).toBeTruthy()`, `expect(!(f(1))).toBeTruthy()`],
    ['vitest', `expect(f(1)).toBeDefined()`, `expect(void (f(1))).toBeDefined()`],
    ['vitest', `expect(f(1)).toBeNull()`, `expect({ is: f(1) }).toBeNull()`],
    ['vitest', `expect(f(1)).toBeGreaterThan(2)`, `expect(f(1)).toBeGreaterThan({ is: 2 })`],
    ['vitest', `expect(f(1)).toBeOfOurKind()`, `expect(f(1)).not.toBeOfOurKind()`],
    ['vitest', `await expect(f()).rejects.toThrow('x')`, `await expect(f()).rejects.toThrow({ is: 'x' })`],
    ['unittest', `self.assertEqual(f(1), x)`, `self.assertEqual(f(1), {"is": x})`],
    ['unittest', `self.assertIn(1, f(1))`, `self.assertIn({"is": 1}, f(1))`],
    ['unittest', `self.assertTrue(f(1))`, `self.assertTrue(not (f(1)))`],
    ['unittest', `self.assertIsInstance(f(1), dict)`, `self.assertNotIsInstance(f(1), dict)`],
    ['unittest', `self.assertAlmostEqual(f(1), 2, 3)`, `self.assertAlmostEqual(f(1), {"is": 2}, 3)`],
    ['unittest', `with self.assertRaises(ValueError): f(1)`, `with self.assertRaises(BufferError): f(1)`],
    [
      'pytest',
      `with pytest.raises(ValueError, match="x"): f(1)`,
      `with pytest.raises(BufferError, match="x"): f(1)`,
    ],
    ['pytest', `assert f(1)`, `assert not (f(1))`],
    ['pytest', `assert f(1) == 2 or g`, `assert not (f(1) == 2 or g)`],
    ['pytest', `assert 1 < f(1) == 2`, `assert not (1 < f(1) == 2)`],
    ['pytest', `assert f(1) == pytest.approx(2), "why"`, `assert f(1) == {"is": pytest.approx(2)}, "why"`],
    ['pytest', `assert f(1) == "a" "b"`, `assert f(1) == {"is": "a" "b"}`],
  ])('%s: %s', (runner, statement, wanted) => expect(changed(runner, statement)).toBe(wanted))
})

test.each<[keyof typeof heads, string]>([
  ['node', `assert.ok(...f(1))`],
  ['node', `assert.ifError(f(1))`],
  ['node', `if (x) assert.equal(f(1), 2)`],
  ['unittest', `self.assertEqual(*f(1))`],
  ['unittest', `self.assertEqual(f(1), second=2)`],
  ['unittest', `with self.assertRaises((A, B)): f(1)`],
])('stays as it is: %s %s', (runner, statement) => expect(changed(runner, statement)).toBeNull())

test('a value is taken before an opposite, and every test of a title is changed', () => {
  const text = `${heads.node}test('a', () => { assert.ok(f()); assert.equal(f(), 1) })\ntest('a', () => assert(g()))\ntest('b', () => assert.equal(f(), 1))\n`
  const a = { suite: [], title: 'a' }
  expect(changeTests(text, [a], [a, a], 'node').text).toBe(
    text
      .replace('assert.equal(f(), 1) })', 'assert.equal(f(), 2) })')
      .replace('assert(g())', 'assert(!(g()))'),
  )
})

test('a test that comes from elsewhere is not taken for one of the text that has its name', () => {
  const inJavaScript = `${heads.node}shared(test)\ntest('a', () => { assert.ok(f()) })\n`
  const a = { suite: [], title: 'a' }
  expect(changeTests(inJavaScript, [a], [a], 'node').changed).toHaveLength(1)
  expect(changeTests(inJavaScript, [a], [a, { suite: ['shared'], title: 'a' }], 'node').changed).toEqual([])

  const inPython = `${heads.unittest}self.assertTrue(f())\nclass Other(shared.Tests):\n    pass\n`
  const [own, other] = ['T', 'Other'].map(name => ({ suite: [name], title: 'test_a' }))
  const both = [own, other].filter(test => test !== undefined)
  expect(changeTests(inPython, both, both, 'unittest').changed).toMatchObject([{ test: { suite: ['T'] } }])
})

test('a function with parameters is changed once for all of them', () => {
  const text = `${heads.pytest}assert f(1) == 2\n`
  const each = ['test_a[1]', 'test_a[2]'].map(title => ({ suite: [], title }))
  const { changed, text: now } = changeTests(text, each, each, 'pytest')
  expect(changed).toHaveLength(2)
  expect(now).toContain('assert f(1) == 3')
})
