import { expect, test } from 'vitest'
import { sampleReport, sampleTrial } from './testing/report.ts'
import { formatSpent, totalsOf } from './totals.ts'

test('what earlier starts of resumed trials cost is spent, too, and unknown where one is', () => {
  const trial = sampleTrial({ task: 'utc-offset', setup: 'bare' })
  const spent = (...before: (number | null)[]): string => {
    const trials = [
      trial,
      ...before.map((spentBeforeUsd, i) => ({
        ...sampleTrial({ task: 'utc-offset', setup: 'bare', index: i + 1 }),
        starts: 2,
        spentBeforeUsd,
      })),
    ]
    return formatSpent(totalsOf(sampleReport(trials)).spent)
  }
  expect(spent()).toBe('$0.17')
  expect(spent(0)).toBe('$0.34')
  expect(spent(1.5)).toBe('$1.84')
  expect(spent(1.5, null)).toBe('at least $2.01 (cost known for 4 of 5 trials)')
})
