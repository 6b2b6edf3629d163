import { expect, test } from 'vitest'
import { lookUp, parseJsonPath } from './json-path.ts'

test.each([
  ['a', ['a']],
  ['a.b[0].c', ['a', 'b', 0, 'c']],
  ['[1][2]', [1, 2]],
  ['exports["./x.js"].import', ['exports', './x.js', 'import']],
  ['a["say \\"hi\\""]', ['a', 'say "hi"']],
  ['dev-dependencies.@scope/name', ['dev-dependencies', '@scope/name']],
])('%s is read', (text, path) => {
  expect(parseJsonPath(text)).toEqual(path)
})

test.each([
  ['', 'an empty one'],
  ['.a', 'wrong from character 1 on'],
  ['a..b', 'wrong from character 2 on'],
  ['a.', 'wrong from character 2 on'],
  ['a[x]', 'wrong from character 2 on'],
  ['a[0]b', 'wrong from character 5 on'],
  ['a["b]', 'wrong from character 2 on'],
  ['a b', 'wrong from character 2 on'],
  ['a["\\q"]', 'wrong from character 2 on'],
])('%j is refused with the place of the mistake', (text, message) => {
  expect(parseJsonPath(text)).toEqual(expect.stringContaining(message))
})

test.each([
  [{ a: [{ b: null }] }, ['a', 0, 'b'], { value: null }],
  [{ a: 1 }, ['b'], null],
  [{ a: 1 }, ['a', 'b'], null],
  [[1], ['0'], null],
  [{ 0: 1 }, [0], null],
  [[1], ['length'], null],
  [{}, ['constructor'], null],
  [[1], [1], null],
])('in %j the path %j leads to %j', (value, path, found) => {
  expect(lookUp(value, path)).toEqual(found)
})
