import { expect, test } from 'vitest'
import { gates } from './adaptive.ts'
import { comparisons } from './fixed.ts'
import { isReached, type Goal } from './goal.ts'
import { cost, sameness } from './honest.ts'
import { mean } from '../../core/stats/pair.ts'

/**
 * The benchmark's fast part, with a fixed seed. The bounds are wide enough for its few sets, and too narrow for rules that have
 * no error rate, as "worse by more than 5 points" beside.
 */
const effort = { comparisons: 300, gates: 60, seed: 5 }

const share = <T>(sets: readonly T[], holds: (set: T) => boolean): number =>
  sets.filter(holds).length / sets.length
const isRegressed = ({ comparison }: ReturnType<typeof comparisons>[number]): boolean =>
  comparison.verdict.decision === 'regressed'

test('V1: unchanged setups are rarely called regressed, where a fixed threshold cries wolf', () => {
  const sets = comparisons(
    { tasks: 10, base: 5, candidate: 5, mix: 'swe', event: { kind: 'nothing' } },
    effort,
  )
  expect(share(sets, isRegressed)).toBeLessThan(0.085)
  expect(share(sets, ({ comparison }) => (comparison.difference?.value ?? 0) < -0.051)).toBeGreaterThan(0.12)
})

test('V2: a drop by ten points is found in most sets, and nearly always when a fifth of the tasks breaks', () => {
  const size = { tasks: 20, base: 20, candidate: 5, mix: 'swe' } as const
  expect(
    share(comparisons({ ...size, event: { kind: 'drop', by: 0.1 } }, effort), isRegressed),
  ).toBeGreaterThan(0.76)
  expect(
    share(comparisons({ ...size, event: { kind: 'break', share: 0.2 } }, effort), isRegressed),
  ).toBeGreaterThan(0.97)
})

test('V3 and V4: the adaptive gate names the broken task, and is done in half of the runs where nothing changed', () => {
  const broken = gates({ mix: 'swe', event: { kind: 'break-one' }, baseTrials: 20 }, effort)
  expect(share(broken, ({ stop }) => stop.broken.length === 1)).toBeGreaterThan(0.88)
  const quiet = gates({ mix: 'swe', event: { kind: 'nothing' }, baseTrials: 20 }, effort)
  expect(mean(quiet.map(({ stop }) => stop.trials.candidate / stop.trials.planned))).toBeLessThan(0.5)
  expect(share(quiet, ({ stop }) => stop.verdict === 'no-drop')).toBeGreaterThan(0.85)
  expect(share(quiet, ({ stop }) => stop.verdict === 'regressed')).toBeLessThan(0.12)
})

test('V5: a drop as large as the margin is rarely waved through', () => {
  const sets = gates({ mix: 'mature', event: { kind: 'drop', by: 0.1 }, baseTrials: 20 }, effort)
  expect(share(sets, ({ stop }) => stop.verdict === 'no-drop')).toBeLessThan(0.22)
})

test('V8: 20 % dearer is seen', () => {
  const [dearer, same] = cost(effort)
  expect(dearer?.measured).toBeGreaterThan(76)
  expect(same?.measured).toBeLessThan(9)
})

test('V9: the order of the input does not change a byte, and the worked example comes out', () => {
  const exact = sameness(effort).filter(({ unit }) => unit !== 'ms')
  expect(exact).toHaveLength(2)
  expect(exact.map(isReached)).toEqual(['yes', 'yes'])
})

test('a goal that is missed by less than the simulation can tell is unsure, not missed', () => {
  const goal: Goal = {
    goal: 'V1',
    what: '',
    measured: 5.8,
    unit: '%',
    atMost: 5.5,
    atLeast: null,
    sets: 1000,
    beside: '',
  }
  expect(isReached(goal)).toBe('unsure')
  expect(isReached({ ...goal, sets: 100_000 })).toBe('NO')
  expect(isReached({ ...goal, measured: 5.4 })).toBe('yes')
})
