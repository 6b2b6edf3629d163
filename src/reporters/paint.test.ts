import { expect, test } from 'vitest'
import { colourPaint, paintFor, plainPaint, toned } from './paint.ts'

test('colour is used on a terminal only, and not where NO_COLOR or TERM forbids it', () => {
  expect(paintFor({ isTTY: true }, {})).toBe(colourPaint)
  expect(paintFor({}, {})).toBe(plainPaint)
  expect(paintFor({ isTTY: true }, { NO_COLOR: '1' })).toBe(plainPaint)
  expect(paintFor({ isTTY: true }, { NO_COLOR: '' })).toBe(colourPaint)
  expect(paintFor({ isTTY: true }, { TERM: 'dumb' })).toBe(plainPaint)
})

test('bad news is red where there is colour', () => {
  expect(toned('worse', 'bad', colourPaint)).toBe('\u001b[31mworse\u001b[39m')
  expect(toned('worse', 'bad', plainPaint)).toBe('worse')
  expect(toned('3/5', 'plain', colourPaint)).toBe('3/5')
})
