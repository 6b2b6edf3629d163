import { expect, test } from 'vitest'
import { byteFinder } from './find-bytes.ts'

function search(patterns: string[], data: string, limit = data.length): [number, string][] {
  const found: [number, string][] = []
  byteFinder(patterns.map(p => Buffer.from(p))).find(Buffer.from(data), limit, (start, index) => {
    found.push([start, patterns[index] as string])
  })
  return found
}

test('finds the longest pattern at each place, also where places overlap', () => {
  expect(search(['abab', 'ababab', 'xyz'], 'xyzababab-xy')).toEqual([
    [0, 'xyz'],
    [3, 'ababab'],
    [5, 'abab'],
  ])
})

test('a pattern that does not fit any more is not found, and nothing from the limit on', () => {
  expect(search(['abcdef', 'abc'], 'abcde')).toEqual([[0, 'abc']])
  expect(search(['abc'], 'abcabcabc', 3)).toEqual([[0, 'abc']])
})

test('finds what a search place by place finds, on random data with few letters', () => {
  let seed = 1
  const letter = (): string => 'ab'[((seed = (seed * 48271) % 2147483647) >> 8) & 1] as string
  const word = (length: number): string => Array.from({ length }, letter).join('')
  for (let round = 0; round < 200; round++) {
    const patterns = [...new Set([word(2), word(3), word(5), word(9)])]
    const data = word(60)
    const expected = [...data].flatMap((_, start): [number, string][] => {
      const here = patterns.filter(p => data.startsWith(p, start)).toSorted((a, b) => b.length - a.length)
      return here[0] === undefined ? [] : [[start, here[0]]]
    })
    expect(search(patterns, data)).toEqual(expected)
  }
})

test('without patterns nothing is found; a pattern of one byte is refused', () => {
  expect(search([], 'abc')).toEqual([])
  expect(() => byteFinder([Buffer.from('a')])).toThrow('at least 2 bytes')
})
