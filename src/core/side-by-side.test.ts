import { expect, test } from 'vitest'
import { compare } from './compare.ts'
import { sideBySide } from './side-by-side.ts'
import { many, side, sideTask } from './testing.ts'
import type { Side, SideBySide } from '../model/report.ts'

const priced = (setup: string, counts: string, cost: number | null, tasks = 10): Side => ({
  ...side(
    'run r1',
    Object.fromEntries(
      Object.keys(many(tasks, counts)).map(id => [
        id,
        sideTask(counts, { costUsd: cost === null ? [] : [0.9, 1, 1.1, 1, 1].map(factor => factor * cost) }),
      ]),
    ),
    setup,
  ),
})

function ask(sides: Side[]): SideBySide | null {
  const [base, ...others] = sides
  if (!base) return null
  const options = { margin: 10, strict: false, gate: false }
  return sideBySide(
    sides,
    others.map(other => compare(base, other, options)),
  )
}

const beaten = (told: SideBySide | null): Record<string, string[]> =>
  Object.fromEntries(
    (told?.offers ?? []).map(({ setup, beatenBy }) => [
      setup,
      beatenBy.map(by => `${by.setup}${by.shown ? '' : '?'}`),
    ]),
  )

test('a setup is beaten by one that is as good and cheaper, or better and no dearer', () => {
  const told = ask([priced('large', '4/5', 1), priced('small', '4/5', 0.5), priced('tiny', '1/5', 0.1)])
  expect(beaten(told)).toEqual({ large: ['small'], small: [], tiny: [] })
  expect(told?.offers[1]).toMatchObject({
    passRate: { value: expect.closeTo(0.8, 12), n: 50 },
    costUsd: { n: 50 },
  })
})

test('what chance may explain is marked, and equals do not beat each other', () => {
  const slightly = priced('b', '4/5', 1)
  slightly.tasks['t1'] = sideTask('5/5', { costUsd: [0.9, 1, 1.1, 1, 1] })
  expect(beaten(ask([priced('a', '4/5', 1), slightly]))).toEqual({ a: ['b?'], b: [] })
  expect(beaten(ask([priced('a', '4/5', 1), priced('b', '4/5', 1)]))).toEqual({ a: [], b: [] })
})

test('an unknown cost neither beats nor is beaten', () => {
  const told = ask([priced('a', '4/5', null), priced('b', '5/5', 1)])
  expect(beaten(told)).toEqual({ a: [], b: [] })
  expect(told?.offers[0]?.costUsd).toBeNull()
})

test('a setup that was not measured at all beats nobody', () => {
  const doubtful = { ...priced('b', '5/5', 0.5), doubts: ['AGENTS.md never reached the model.'] }
  const told = ask([priced('a', '4/5', 1), doubtful, priced('c', '4/5', 1)])
  expect(beaten(told)).toEqual({ a: [], c: [] })
})

test('only tasks that every side has graded count, and one side is none', () => {
  const told = ask([priced('a', '4/5', 1), priced('b', '5/5', 1, 4)])
  expect(told?.offers.map(({ passRate }) => passRate?.n)).toEqual([20, 20])
  expect(told?.changes).toEqual([])
  expect(ask([priced('a', '4/5', 1)])).toBeNull()
})
