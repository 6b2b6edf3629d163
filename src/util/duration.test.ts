import { expect, test } from 'vitest'
import { z } from 'zod'
import { duration, formatDuration } from './duration.ts'

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['15m', 900_000],
  ['1h', 3_600_000],
  ['1.5h', 5_400_000],
  ['168h', 604_800_000],
])('%s is %i milliseconds', (text, ms) => {
  expect(duration.parse(text)).toBe(ms)
})

test.each([
  [15, 'expected a duration with its unit, got the number 15: write 15s for seconds or 15m for minutes'],
  [
    '15',
    'expected a duration such as 500ms, 30s, 15m or 1h, got "15": write 15s for seconds or 15m for minutes',
  ],
  ['15 minutes', 'expected a duration such as 500ms, 30s, 15m or 1h, got "15 minutes"'],
  ['-3s', 'expected a duration such as 500ms, 30s, 15m or 1h, got "-3s"'],
  [true, 'expected a duration such as 30s, 15m or 1h'],
  ['0s', 'expected a duration from 1ms to 168h'],
  ['169h', 'expected a duration from 1ms to 168h'],
])('%j is refused with one message that says what to write', (input, message) => {
  expect(duration.safeParse(input).error?.issues.map(issue => issue.message)).toEqual([message])
})

test('the schema for editors is that of a text', () => {
  expect(z.toJSONSchema(duration, { io: 'input' })).toMatchObject({ type: 'string' })
})

test.each([
  [0, '0ms'],
  [350.4, '350ms'],
  [1500, '1.5s'],
  [2000, '2s'],
  [9960, '10s'],
  [59_600, '1m'],
  [60_000, '1m'],
  [245_000, '4m 5s'],
  [3_599_600, '1h'],
  [3_720_000, '1h 2m'],
])('%d ms reads %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})
