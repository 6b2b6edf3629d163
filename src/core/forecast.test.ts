import { expect, test } from 'vitest'
import { adaptiveDefaults } from './adaptive/options.ts'
import { forecastPlan, type PlanQuestion } from './forecast.ts'

const facts = (passed: number, graded: number) => ({
  passed,
  graded,
  errored: 0,
  costUsd: Array<number>(graded).fill(0.5),
  durationMs: Array<number>(graded).fill(360_000),
})

const base: NonNullable<PlanQuestion['base']> = {
  ...Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`solid-${i}`, facts(20, 20)])),
  ...Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`shaky-${i}`, facts(12, 20)])),
  hopeless: facts(0, 20),
  young: facts(1, 1),
}

const ask = (replaced: Partial<PlanQuestion> = {}): PlanQuestion => ({
  tasks: [...Object.keys(base), 'new'],
  base,
  baseTrials: 10,
  drops: [0.05, 0.1],
  options: { ...adaptiveDefaults, margin: 10, rounds: 8 },
  ...replaced,
})

test('tells trials, dollars and hours of the fixed plan and of the adaptive gate', () => {
  const { fixed, adaptive } = forecastPlan(ask())
  expect(fixed).toMatchObject({ trials: 160, costUsd: 80, hours: expect.closeTo(16, 9) })
  expect(adaptive?.ends.map(({ drop }) => drop)).toEqual([0, 0.05, 0.1])
  for (const { trials, costUsd, regressed, noDrop, inconclusive } of adaptive?.ends ?? []) {
    expect(trials).toBeLessThan(120)
    expect(costUsd).toBeCloseTo(trials / 2, 6)
    expect(regressed + noDrop + inconclusive).toBeCloseTo(1, 6)
  }
  expect(adaptive?.ends[0]?.regressed).toBeLessThan(0.045)
})

test('the smallest drop is the one that is seen four times out of five', () => {
  const { fixed } = forecastPlan(ask())
  const again = forecastPlan(ask({ drops: [fixed.smallestDrop ?? 0] }))
  expect(again.fixed.drops[0]?.power).toBeCloseTo(0.8, 4)
  expect(fixed.drops[0]?.needed?.perTask).toBeGreaterThan(8)
})

test('names the tasks that cannot tell anything', () => {
  const { tasks } = forecastPlan(ask())
  expect(tasks.alwaysFail).toEqual(['hopeless'])
  expect(tasks.skipped).toEqual(['hopeless'])
  expect(tasks.alwaysPass).toContain('solid-0')
  expect(tasks.cannotBeNamed).toContain('young')
  expect(tasks.cannotBeNamed).not.toContain('solid-0')
  expect(tasks.flaky).toHaveLength(8)
  expect(tasks.unknown).toEqual(['new'])
})

test('without a baseline the usual noise counts, and costs are unknown', () => {
  const told = forecastPlan(ask({ base: null, tasks: Array.from({ length: 20 }, (_, i) => `t${i}`) }))
  expect(told.fixed.costUsd).toBeNull()
  expect(told.adaptive).toBeNull()
  expect(told.fixed.smallestDrop).toBeGreaterThan(0.07)
  expect(told.fixed.smallestDrop).toBeLessThan(0.1)
})
