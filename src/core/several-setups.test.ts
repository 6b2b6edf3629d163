import { expect, test } from 'vitest'
import { amongSetups } from './several-setups.ts'
import { goldenBase, goldenCandidate } from './stats/testing.ts'
import { gated, many } from './testing.ts'

const fives = (passes: number[]): Record<string, string> =>
  Object.fromEntries(passes.map((passed, i) => [`t${i}`, `${passed}/5`]))

const worse = gated(fives(goldenBase), fives(goldenCandidate))
const same = gated(fives(goldenBase), fives(goldenBase))

test('a regression that stands alone (p 0.0165) stands among three setups, and not among four', () => {
  const [first] = amongSetups([worse, same, same])
  expect(first?.pRegressed).toBeCloseTo(3 * 0.016514, 5)
  expect(first?.change).toBe('regressed')
  expect(amongSetups([worse, same, same, same])[0]?.change).toBe('none')
})

test('better is the mirror image, and what could not be compared says nothing', () => {
  const better = gated(fives(goldenCandidate), fives(goldenBase))
  expect(amongSetups([better]).map(({ change }) => change)).toEqual(['improved'])
  const nothing = gated(many(3, '5/5'), { other: '5/5' })
  expect(amongSetups([nothing])[0]).toMatchObject({ pRegressed: null, change: 'none' })
})

test('a change that only single tasks show stands as well', () => {
  const fallen = gated(
    { 'fix-race': '5/5', parse: '5/5', ...many(18, '4/5') },
    { 'fix-race': '0/5', parse: '0/5', ...many(8, '5/5'), ...many(10, '4/5', 9) },
  )
  expect(fallen.verdict.decision).toBe('regressed')
  expect(fallen.pRegressed).toBeGreaterThan(0.05)
  expect(amongSetups([fallen])[0]?.change).toBe('regressed')
})
