import { expect, test } from 'vitest'
import { shorten, visible } from './visible.ts'

test.each([
  ['zero-width space', 'a\u200bb', 'a\\u{200B}b'],
  ['right-to-left override', '\u202etxt', '\\u{202E}txt'],
  ['terminal escape', '\u001b[31mred', '\\u{1B}[31mred'],
  ['carriage return', 'shown\rhidden', 'shown\\u{D}hidden'],
  ['tag characters', '\u{e0041}\u{e0042}', '\\u{E0041}\\u{E0042}'],
  ['variation selector', 'a\ufe0f\u{e0100}', 'a\\u{FE0F}\\u{E0100}'],
  ['filler that looks like a space', 'a\u3164', 'a\\u{3164}'],
  ['soft hyphen and byte order mark', '\ufeffa\u00ad', '\\u{FEFF}a\\u{AD}'],
  ['lone surrogate', 'a\ud800b', 'a\\u{D800}b'],
  ['line separator', 'a\u2028b', 'a\\u{2028}b'],
])('a %s is shown', (_name, text, shown) => {
  expect(visible(text)).toBe(shown)
})

test('ordinary text of any language stays as it is', () => {
  const text = 'tab\t and line\nend, Grüße, 日本語, العربية, 😀'
  expect(visible(text)).toBe(text)
})

test('a long text is cut, but not inside of a character', () => {
  expect(shorten('abc', 3)).toBe('abc')
  expect(shorten('abcd', 3)).toBe('abc…')
  expect(shorten('ab😀d', 3)).toBe('ab…')
})
