import { expect, test } from 'vitest'
import { formsOf, secretScanner } from './find-secrets.ts'

const value = 'tok-0123456789abcdef'
const scan = secretScanner(formsOf({ TOKEN: value, SHORT: 'abc' }).forms)

test('a value is found at its offset however the bytes are cut, and once only', async () => {
  const data = Buffer.from(`xx${value}yy${Buffer.from(value).toString('hex')}`)
  const whole = [
    { name: 'TOKEN', offset: 2 },
    { name: 'TOKEN', offset: 24 },
  ]
  expect(await scan([data])).toEqual(whole)
  for (const size of [1, 3, 7, 25]) {
    const chunks = Array.from({ length: Math.ceil(data.length / size) }, (_, i) =>
      data.subarray(i * size, (i + 1) * size),
    )
    expect(await scan(chunks)).toEqual(whole)
  }
})

test('nothing is found in clean or empty bytes; short values cannot be looked for', async () => {
  expect(await scan([Buffer.from('tok-0123456789abcdeg abc')])).toEqual([])
  expect(await scan([])).toEqual([])
  expect(formsOf({ SHORT: 'abc', EMPTY: ' ' }).tooShort).toEqual(['SHORT'])
})
