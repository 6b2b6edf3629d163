import { describe, expect, test } from 'vitest'
import { sureInJavaScript } from './sure-javascript.ts'
import { sureInPython } from './sure-python.ts'

const surelyAssertsInJavaScript = (...[text, title, runner]: Parameters<typeof sureInJavaScript>): boolean =>
  sureInJavaScript(text, title, runner) !== null
const surelyAssertsInPython = (text: string, name: string, runner: 'unittest' | 'pytest'): boolean =>
  sureInPython(text, { name, owner: runner === 'unittest' ? 'T' : null }, runner) !== null

const node = (body: string, head = ''): boolean =>
  surelyAssertsInJavaScript(
    `import test from 'node:test'\nimport assert, { equal as same } from 'node:assert'\n${head}\n${body}\n`,
    'a',
    'node',
  )
const vitest = (body: string, head = `import { expect, test } from 'vitest'`): boolean =>
  surelyAssertsInJavaScript(`${head}\n${body}\n`, 'a', 'vitest')
const unittest = (...lines: string[]): boolean =>
  surelyAssertsInPython(
    [
      'import unittest',
      'class T(unittest.TestCase):',
      '    def test_a(self):',
      ...lines.map(line => `        ${line}`),
    ].join('\n'),
    'test_a',
    'unittest',
  )
const pytest = (...lines: string[]): boolean =>
  surelyAssertsInPython(['def test_a():', ...lines.map(line => `    ${line}`)].join('\n'), 'test_a', 'pytest')

describe('node: an assertion that nothing can go round', () => {
  test.each([
    `test('a', () => assert.equal(f(1), 2))`,
    `test('a', () => { assert(f(1) === 2) })`,
    `test('a', () => {\n  const x = f(1)\n  assert.strictEqual(x, 2)\n})`,
    `test('a', async t => { await g(); same(1, 1) })`,
    `test('a', function () { if (x) { y() } assert.ok(f()) })`,
    `test('a', async () => { await assert.rejects(f()) })`,
    `test('a', () => {\n  f(')} // not code')\n  assert.match(x, /[)}/]/)\n})`,
  ])('%s', body => expect(node(body)).toBe(true))

  test.each([
    `test('a', () => { f() })`,
    `test('b', () => assert.equal(1, 1))`,
    `test('a', () => { if (x) assert.equal(1, 1) })`,
    `test('a', () => {\n  if (x)\n    assert.equal(1, 1)\n})`,
    `test('a', () => {\n  x &&\n  assert.equal(1, 1)\n})`,
    `test('a', () => { try { assert.equal(1, 1) } catch {} })`,
    `test('a', () => { if (x) return; assert.equal(1, 1) })`,
    `test('a', t => { if (x) t.skip(); assert.equal(1, 1) })`,
    `test('a', () => { xs.forEach(x => assert.equal(x, 1)) })`,
    `test('a', () => { assert.rejects(f()) })`,
    `test('a', () => x && assert.equal(1, 1))`,
    `test('a', wrap(() => assert.equal(1, 1)))`,
    `test('a', () => { // assert.equal(1, 1)\n})`,
    `test('a', () => { \`\n assert.equal(1, 1)\n\` })`,
    `test('a', assert => { assert.equal(1, 1) })`,
    `test('a', { expectFailure: true }, () => { assert.equal(1, 1) })`,
    `mock.module('node:assert', {}); test('a', () => { assert.equal(1, 1) })`,
    `assert.equal = () => {}\ntest('a', () => { assert.equal(1, 1) })`,
    `test('a', () => assert.equal(1, 1)); test('a', () => {})`,
  ])('not sure: %s', body => expect(node(body)).toBe(false))

  test('a function of another library is not known', () => {
    const text = (from: string): string =>
      `import test from 'node:test'\nimport assert from '${from}'\ntest('a', () => { assert.equal(1, 1) })`
    expect(surelyAssertsInJavaScript(text('chai'), 'a', 'node')).toBe(false)
    expect(surelyAssertsInJavaScript(text('assert'), 'a', 'node')).toBe(true)
    const comment = `// import assert from 'node:assert'\n`
    expect(surelyAssertsInJavaScript(text('chai') + '\n' + comment, 'a', 'node')).toBe(false)
  })
})

describe('vitest and jest: an assertion that nothing can go round', () => {
  test.each([
    `test('a', () => { expect(f(g(1))).toBe(2) })`,
    `test('a', async () => { await expect(f()).resolves.toEqual([2]) })`,
    `test('a', async () => { await expect(f()).rejects.toThrow('x') })`,
    `test('a', () => {\n  f()\n  expect(x).not.toContain(1)\n})`,
  ])('%s', body => expect(vitest(body)).toBe(true))

  test.each([
    `test('a', () => { expect(f()).toMatchSnapshot() })`,
    `test('a', () => { expect(f()).resolves.toBe(2) })`,
    `test('a', () => { expect(f()).to.equal(2) })`,
    `test.fails('a', () => { expect(f()).toBe(2) })`,
    `test.each([1])('a', () => { expect(f()).toBe(2) })`,
    `expect.extend({ toBe() {} }); test('a', () => { expect(f()).toBe(2) })`,
  ])('not sure: %s', body => expect(vitest(body)).toBe(false))

  test('an expect or test from elsewhere is not known', () => {
    const body = `test('a', () => { expect(f()).toBe(2) })`
    expect(vitest(body, '')).toBe(true)
    expect(vitest(body, `import { test } from 'vitest'\nimport { expect } from 'chai'`)).toBe(false)
    expect(vitest(body, `import { test } from './own.js'`)).toBe(false)
    expect(vitest(body, `const test = base.extend({})`)).toBe(false)
  })
})

describe('python: an assertion that nothing can go round', () => {
  test('unittest', () => {
    expect(unittest('self.assertEqual(f(1), 2)')).toBe(true)
    expect(unittest('x = f(', '    1)', 'self.assertTrue(x)')).toBe(true)
    expect(unittest('with self.assertRaises(ValueError):', '    f()')).toBe(true)
  })
  test('pytest', () => {
    expect(pytest('x = f()', 'assert x == 2')).toBe(true)
    expect(pytest('with pytest.raises(ValueError):', '    f()')).toBe(true)
  })
  test.each([
    ['f()'],
    ['if x:', '    assert x'],
    ['try:', '    assert x', 'except Exception:', '    pass'],
    ['if x:', '    return', 'assert x'],
    ['if x: pytest.skip("x")', 'assert x'],
    ['x = """', 'assert x', '"""'],
    ['with suppress(AssertionError):', '    pass', 'assert x'],
    ['monkeypatch.setattr(pytest, "raises", f)', 'with pytest.raises(X):', '    f()'],
    ['yield 1', 'assert x'],
  ])('not sure: %s %s', (...lines) => expect(pytest(...lines)).toBe(false))

  test('an own class and unknown decorators are not known to unittest', () => {
    expect(unittest('assert x == 2')).toBe(true)
    const own = (base: string, decorator: string): boolean =>
      surelyAssertsInPython(
        `import unittest\nclass T(${base}):\n    ${decorator}\n    def test_a(self):\n        self.assertEqual(1, 1)\n`,
        'test_a',
        'unittest',
      )
    expect(own('unittest.TestCase', '')).toBe(true)
    expect(own('unittest.TestCase', '@mock.patch("src.a")')).toBe(true)
    expect(own('unittest.TestCase', '@retry')).toBe(false)
    expect(own('OwnCase', '')).toBe(false)
  })
})
