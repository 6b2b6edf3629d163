import { expect, test } from 'vitest'
import { interleave, median, type Strategy } from './interleave.ts'
import { ratioLine } from './line.ts'

const cpu = { way: 'a counter', usedMs: () => used, close() {} }
let used = 0

test('strategies are run in turn, reversed every other round, and the first round does not count', async () => {
  const order: string[] = []
  const strategy = (name: string, costs: readonly number[]): Strategy => {
    let round = 0
    return {
      name,
      before: async () => void (used += 1000),
      run: async () => {
        order.push(name)
        used += costs[round++] ?? Number.NaN
      },
      settle: async () => void (used += 1),
      after: async () => void (used += 1000),
    }
  }
  const [ours, reference] = [strategy('a', [500, 1, 9, 2]), strategy('b', [1, 29, 29, 39])]
  const measured = await interleave({ rounds: 3, cpu }, [ours, reference])
  expect(order.join('')).toBe('abbaabba')
  expect(measured(ours)).toMatchObject({ name: 'a', cpuMs: 3, extra: null, n: 3 })
  expect(
    ratioLine('x', measured(ours), measured(reference), { atMost: 1 / 10, goal: '<= 1/10' }),
  ).toMatchObject({
    value: 0.1,
    reached: true,
    reference: expect.stringContaining('b: 30 ms CPU'),
    shown: expect.stringMatching(/^1\/10 /),
  })
})

test('the median of an even number of values lies between the two in the middle', () => {
  expect(median([10, 1, 2, 4])).toBe(3)
  expect(() => median([])).toThrow('no values')
})
