import { expect, it } from 'vitest'
import { seededRandom } from './random.ts'

const draw = (seed: number, n: number): number[] => {
  const random = seededRandom(seed)
  return Array.from({ length: n }, random)
}

it('gives the same numbers for the same seed, and others for another', () => {
  expect(draw(7, 20)).toEqual(draw(7, 20))
  expect(draw(7, 1)).not.toEqual(draw(8, 1))
  expect(draw(1, 1)).not.toEqual(draw(1 + 2 ** 32, 1))
})

it('spreads over [0,1), also over the first numbers of neighbouring seeds', () => {
  for (const values of [
    draw(42, 20_000),
    Array.from({ length: 20_000 }, (_, seed) => draw(seed, 1)[0] ?? -1),
  ]) {
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...values)).toBeLessThan(1)
    const tenths = Array.from({ length: 10 }, (_, i) => values.filter(v => Math.floor(v * 10) === i).length)
    // 2000 expected in each; five standard deviations are 212.
    for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(212)
  }
})
