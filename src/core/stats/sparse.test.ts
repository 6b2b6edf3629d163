import { expect, test } from 'vitest'
import { sparseTest } from './sparse.ts'
import { stratifiedTest } from './stratified.ts'
import { golden, pairsOf } from './testing.ts'

test('the golden values: ten tasks, five trials on each side', () => {
  expect(sparseTest(golden).p).toBeCloseTo(0.098966, 6)
  expect(sparseTest(golden).midP).toBeCloseTo(0.090119, 6)
})

test('sees one broken task among twenty, to which the mean is blind', () => {
  const passes = [5, ...Array<number>(8).fill(4), ...Array<number>(6).fill(5), ...Array<number>(5).fill(0)]
  const broken = pairsOf(passes, 5, [0, ...passes.slice(1)], 5)
  expect(sparseTest(broken).midP).toBeLessThan(0.05)
  expect(stratifiedTest(broken).regressed.midP).toBeGreaterThan(0.05)
})

test('improvements are no evidence', () => {
  expect(sparseTest(pairsOf([0, 1, 0], 5, [5, 5, 4], 5)).p).toBeCloseTo(1, 12)
})
