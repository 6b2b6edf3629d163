import { expect, test } from 'vitest'
import { generalise } from './generalisation.ts'
import { pairsOf } from './testing.ts'

test('is Student’s one-sample interval over the tasks’ differences (as by SciPy’s ttest_1samp)', () => {
  const likely = generalise(pairsOf([7, 5, 5, 9, 5], 10, [5, 5, 6, 5, 4], 10))
  expect(likely?.value).toBeCloseTo(-0.12, 12)
  expect(likely?.lo).toBeCloseTo(-0.3033883947548137, 10)
  expect(likely?.hi).toBeCloseTo(0.06338839475481364, 10)
})

test('one task tells nothing of others', () => {
  expect(generalise(pairsOf([5], 5, [0], 5))).toBeNull()
})
