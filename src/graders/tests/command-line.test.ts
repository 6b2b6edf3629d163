import { expect, test } from 'vitest'
import { quote, readCommand } from './command-line.ts'

test.each([
  ['npx jest test', ['npx', 'jest', 'test']],
  ['  CI=1  npx jest ', ['CI=1', 'npx', 'jest']],
  [`jest -t 'keeps the minutes' "a \\"b\\""`, ['jest', '-t', 'keeps the minutes', 'a "b"']],
  [String.raw`jest a\ b test/*.js $DIR`, ['jest', 'a b', 'test/*.js', '$DIR']],
  [`jest ''`, ['jest', '']],
  [`jest a'b'"c"d#e`, ['jest', 'abcd#e']],
])('the words of: %s', (line, words) => {
  expect(readCommand(line)?.words).toEqual(words)
})

test.each([
  'cd a && jest',
  'jest; true',
  'jest | cat',
  'jest > out',
  'jest &',
  'jest "$(ls)"',
  'jest `ls`',
  '(jest)',
  "jest 'open",
  'jest # no',
  'a\nb',
])('more than one simple command: %s', line => {
  expect(readCommand(line)).toBeNull()
})

test('a shell line keeps its quotes, patterns and variables around an edit', () => {
  const line = readCommand(`CI=1 python -W ignore -m pytest "a b" tests/*.py $MORE`)
  expect(
    line?.edit([
      { at: 4, count: 2, words: ['/a b/start.py'] },
      { at: 9, count: 0, words: ['--x=1', "it's"] },
    ]),
  ).toBe(String.raw`CI=1 python -W ignore '/a b/start.py' "a b" tests/*.py $MORE --x=1 'it'\''s'`)
})

test('a list is edited word by word', () => {
  const list = readCommand(['node', '--test', 'a b'])
  expect(
    list?.edit([
      { at: 1, count: 0, words: ['-x'] },
      { at: 3, count: 0, words: ['-y'] },
    ]),
  ).toEqual(['node', '-x', '--test', 'a b', '-y'])
})

test('a word without special signs needs no quotes', () => {
  expect(quote('/tmp/a-b_c.d=e@1')).toBe('/tmp/a-b_c.d=e@1')
  expect(quote('')).toBe(`''`)
})
