import { expect, test } from 'vitest'
import { trial } from './testing.ts'
import { lostSpending, withEarlierStarts } from './starts.ts'

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

test('starts that came to no end are among the earlier ones, once', () => {
  const spent = (startedAt: string, costUsd: number | null) => ({
    trial: at('1', 0).id,
    startedAt,
    calls: 1,
    tokens: 10,
    costUsd,
  })
  const ended = at('2', 0.2, 'errored')
  const lost = lostSpending([spent('1', 0.1), spent('2', 0.2), spent('3', 0.3), spent('3', 0.4)], [ended])
  expect(lost.map(({ startedAt }) => startedAt)).toEqual(['1', '3', '3'])
  expect(withEarlierStarts(at('4', 0.5), undefined, lost)).toMatchObject({ starts: 3, spentBeforeUsd: 0.8 })
  const before = { ...ended, starts: 2, spentBeforeUsd: 0.1 }
  expect(withEarlierStarts(at('4', 0.5), before, lost)).toMatchObject({ starts: 4, spentBeforeUsd: 1 })
  expect(withEarlierStarts(at('4', 0.5), undefined, [spent('3', null)])).toMatchObject({
    spentBeforeUsd: null,
  })
  const other = { ...spent('3', 1), trial: 'another/trial/0' }
  expect(withEarlierStarts(at('4', 0.5), undefined, [other])).toMatchObject({ starts: 1, spentBeforeUsd: 0 })
})
