import { expect, test } from 'vitest'
import type { CacheEntry, CacheKind } from './cache-entries.ts'
import { choosePruned } from './cache-remove.ts'

const now = Date.parse('2026-03-01T00:00:00Z')
const entry = (name: string, day: number, bytes: number, kind: CacheKind = 'mirror'): CacheEntry => ({
  kind,
  name,
  path: `/cache/${name}`,
  about: {},
  bytes,
  usedAt: new Date(now - day * 86_400_000).toISOString(),
  lock: null,
  use: name,
})
const entries = [
  entry('new', 1, 50),
  entry('old', 40, 10),
  entry('middle', 20, 40),
  entry('half', 0, 5, 'leftover'),
]
const names = (maxBytes: number | null, days: number | null): string[] =>
  choosePruned(entries, { maxBytes, olderThanMs: days === null ? null : days * 86_400_000 }, now).map(
    ({ name }) => name,
  )

test('leftovers go always, then what is too old, then the least recently used until the rest fits', () => {
  expect(names(null, null)).toEqual(['half'])
  expect(names(null, 30)).toEqual(['old', 'half'])
  expect(names(100, null)).toEqual(['half'])
  expect(names(95, null)).toEqual(['half', 'old'])
  expect(names(60, null)).toEqual(['half', 'old', 'middle'])
  expect(names(90, 30)).toEqual(['old', 'half'])
  expect(names(0, null)).toEqual(['half', 'old', 'middle', 'new'])
})
