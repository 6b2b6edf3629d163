import { expect, test } from 'vitest'
import { flakyTasks } from './flaky.ts'

test('lists what neither always passes nor always fails, the noisiest first, with its share of the variance', () => {
  const found = flakyTasks([
    { task: 'solid', passed: 19, graded: 20 },
    { task: 'shaky', passed: 8, graded: 10 },
    { task: 'coin', passed: 5, graded: 10 },
    { task: 'hopeless', passed: 0, graded: 10 },
  ])
  expect(found.map(({ task }) => task)).toEqual(['coin', 'shaky'])
  // Variances n/(n-1)·p(1-p): 0.05, 0.1777…, 0.2777…, 0
  expect(found[0]?.shareOfVariance).toBeCloseTo(0.2777778 / 0.5055556, 6)
  expect(found[1]?.shareOfVariance).toBeCloseTo(0.1777778 / 0.5055556, 6)
  expect(found[1]).toMatchObject({ passRate: 0.8, n: 10 })
})

test('says nothing after fewer than five trials', () => {
  expect(flakyTasks([{ task: 'a', passed: 2, graded: 4 }])).toEqual([])
})
