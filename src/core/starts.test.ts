import { expect, test } from 'vitest'
import { trial } from './testing.ts'
import { withEarlierStarts } from './starts.ts'

const at = (startedAt: string, costUsd: number | null, end: 'pass' | 'errored' = 'pass') => ({
  ...trial({ end, attempt: { costUsd } }),
  startedAt,
})

test('a trial that is started again knows how often that was, and what it has cost before', () => {
  const first = at('1', 0.2, 'errored')
  const second = withEarlierStarts(at('2', 0.3, 'errored'), first)
  const third = withEarlierStarts(at('3', 0.5), second)
  expect(third).toMatchObject({ starts: 3, spentBeforeUsd: 0.5 })
  expect(withEarlierStarts(at('2', 0.3), at('1', null, 'errored'))).toMatchObject({
    starts: 2,
    spentBeforeUsd: null,
  })
  const unpaid = { ...trial({ end: 'errored', attempt: null }), startedAt: '1' }
  expect(withEarlierStarts(at('2', 0.3), unpaid)).toMatchObject({ starts: 2, spentBeforeUsd: 0 })
})

test('a first start, and one that is graded again, are taken as they are', () => {
  const first = at('1', 0.2)
  expect(withEarlierStarts(first, undefined)).toBe(first)
  expect(withEarlierStarts(first, at('1', 0.2))).toBe(first)
})
