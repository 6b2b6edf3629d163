import { expect, test } from 'vitest'
import { z } from 'zod'
import { regex, regexMatches, showRegex } from './regex.ts'

test.each([
  ['^b', 'a\nb', false],
  [{ pattern: '^B', flags: 'im' }, 'a\nb', true],
  ['b$', 'ab', true],
  [{ pattern: '^\\p{Lu}$', flags: 'u' }, 'Ä', true],
])('%j tells whether %j matches', (expression, text, matches) => {
  expect(regexMatches(regex.parse(expression), text)).toBe(matches)
})

test.each([
  ['(', [], 'not a JavaScript regular expression: /(/: Unterminated group'],
  [
    { pattern: '[z-a]', flags: 'i' },
    ['pattern'],
    'not a JavaScript regular expression: /[z-a]/i: Range out of order in character class',
  ],
  [{ pattern: 'a', flags: 'g' }, ['flags'], 'expected flags of i, m, s and u'],
  [
    { pattern: 'a', flags: 'ii' },
    ['pattern'],
    "not a JavaScript regular expression: Invalid flags supplied to RegExp constructor 'ii'",
  ],
  [5, [], 'expected a regular expression, or { pattern, flags }'],
])('%j is refused at its place', (input, path, message) => {
  const issues = z.strictObject({ x: regex }).safeParse({ x: input }).error?.issues ?? []
  expect(issues.map(issue => ({ path: issue.path, message: issue.message }))).toEqual([
    { path: ['x', ...path], message },
  ])
})

test('an expression that would take ages is given up, and the next one works', () => {
  expect(() => regexMatches('^(a+)+$', `${'a'.repeat(60)}!`)).toThrow(
    /\/\^\(a\+\)\+\$\/ took more than 1 s on 61 characters/,
  )
  expect(regexMatches('^(a+)+$', 'aaa')).toBe(true)
})

test('is shown as JavaScript writes it', () => {
  expect(showRegex('a/b')).toBe('/a\\/b/')
  expect(showRegex({ pattern: 'a', flags: 'i' })).toBe('/a/i')
})
