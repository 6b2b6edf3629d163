import { expect, test } from 'vitest'
import { didYouMean, editDistance, nearest } from './nearest.ts'

test.each([
  ['kitten', 'sitting', 3],
  ['same', 'same', 0],
  ['', 'abc', 3],
  ['promtp', 'prompt', 1],
  ['abcdef', 'abdcfe', 2],
])('%s and %s are %i edits apart', (a, b, distance) => {
  expect(editDistance(a, b, 10)).toBe(distance)
})

test('a distance above the limit is only said to be above it', () => {
  expect(editDistance('kitten', 'sitting', 2)).toBeGreaterThan(2)
  expect(editDistance('a', 'abcdefgh', 2)).toBeGreaterThan(2)
})

test.each([
  ['promt', 'prompt'],
  ['gradrs', 'graders'],
  ['max_cost_usd', 'maxCostUsd'],
  ['Prompt', 'prompt'],
  ['tag', 'tags'],
  ['xyzzy', null],
  ['', null],
])('%s stands for %s', (name, expected) => {
  expect(nearest(name, ['prompt', 'graders', 'maxCostUsd', 'tags'])).toBe(expected)
})

test('the nearest of several near names is chosen', () => {
  expect(nearest('setup', ['setuq', 'setups', 'setup'])).toBe('setup')
})

test('where no name is near, all are listed if they are few', () => {
  expect(didYouMean('zzzz', ['b', 'a'])).toBe(' (known: a, b)')
  expect(didYouMean('bra', ['bar', 'a'])).toBe(' (did you mean "bar"?)')
  expect(didYouMean('zzzz', [])).toBe('')
})

test('a very long name is not compared at all', () => {
  expect(nearest('a'.repeat(100_000), ['a'])).toBeNull()
})
