import { expect, test } from 'vitest'
import { cutEnd, cutMiddle, displayWidth, firstLine, safeText, visibleControls, wrap } from './text.ts'

const escape = '\u001b'

test('escape sequences are taken out and other control characters become visible', () => {
  expect(
    safeText(`${escape}[31mred${escape}[0m ${escape}]8;;http://evil.example\u0007link${escape}]8;;\u0007`),
  ).toBe('red link')
  expect(safeText('bell\u0007 back\bspace \u009b31m')).toBe('bell␇ back␈space ')
  expect(safeText('end\u202e reversed \u200b')).toBe(String.raw`end\u202e reversed \u200b`)
})

test('nothing of an escape sequence that was cut off reaches the terminal', () => {
  for (const text of [`${escape}]0;title without end`, `${escape}[`, `a${escape}`, `${escape}P1;2|dcs`]) {
    // oxlint-disable-next-line no-control-regex
    expect(safeText(text)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  }
})

test('line breaks of every kind stay line breaks', () => {
  expect(safeText('a\r\nb\rc\td')).toBe('a\nb\nc  d')
})

test('no line is left that a CI runner takes for a command', () => {
  expect(safeText('::error::x\n  ::add-mask::y\nnot :: here')).toBe(
    ': :error::x\n  : :add-mask::y\nnot :: here',
  )
  expect(safeText('x ##[group]y ##vso[task.complete] ##teamcity[z] ## title')).toBe(
    'x # #[group]y # #vso[task.complete] # #teamcity[z] ## title',
  )
  expect(safeText(`${escape}[0m::error::hidden behind an escape`)).toMatch(/^: :error/)
  expect(visibleControls('::error::x')).toBe('::error::x')
})

test('the first line is the first that says something', () => {
  expect(firstLine('\n\n  1 test failed\nmore')).toBe('1 test failed')
  expect(firstLine(' \n')).toBe('')
})

test('names are cut in the middle and sentences at their end, to the given width', () => {
  expect(cutMiddle('leap-year-in-a-locale', 11)).toBe('leap-…ocale')
  expect(cutMiddle('short', 11)).toBe('short')
  expect(cutEnd('expected +05:30', 10)).toBe('expected …')
  expect(displayWidth('日本')).toBe(4)
  expect(displayWidth(cutMiddle('日本語のとても長い名前', 10))).toBeLessThanOrEqual(10)
})

test('lines break at spaces, and a long word stays whole', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
  expect(wrap('a drop of 25 points', 12)).toEqual(['a drop of', '25 points'])
  expect(wrap('from 43 % to 90 %', 9)).toEqual(['from 43 %', 'to 90 %'])
  expect(wrap('broken (2/5 -> 4/5) now', 12)).toEqual(['broken', '(2/5 -> 4/5)', 'now'])
  expect(wrap('likely 0 to 0 (n 30)', 17)).toEqual(['likely 0 to 0', '(n 30)'])
  expect(wrap('a agent-eval/show b', 6)).toEqual(['a', 'agent-eval/show', 'b'])
})
