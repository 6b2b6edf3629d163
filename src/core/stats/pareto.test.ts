import { expect, test } from 'vitest'
import { paretoFront } from './pareto.ts'

const offer = (name: string, passRate: number, costUsd: number | null) => ({ name, passRate, costUsd })
const names = (offers: { name: string }[]): string[] => offers.map(({ name }) => name)

test('keeps those that no other beats in both, from cheap to dear', () => {
  const front = paretoFront([
    offer('dear', 0.9, 3),
    offer('worse and dearer', 0.7, 2),
    offer('middle', 0.8, 1.5),
    offer('cheap', 0.5, 0.2),
    offer('dearest', 0.9, 4),
    offer('unknown', 0.99, null),
  ])
  expect(names(front)).toEqual(['cheap', 'middle', 'dear'])
})

test('equals stay both', () => {
  expect(names(paretoFront([offer('a', 0.5, 1), offer('b', 0.5, 1)]))).toEqual(['a', 'b'])
})
