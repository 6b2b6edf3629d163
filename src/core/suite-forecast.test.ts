import { expect, test } from 'vitest'
import type { Baseline } from '../model/baseline.ts'
import { plan } from './plan.ts'
import { forecastSuite } from './suite-forecast.ts'
import { sideTask, suiteOf } from './testing.ts'

const asked = { margin: 10, drops: [], eager: false }

function baselineOf(tasks: Record<string, string>, setups = ['bare']): Baseline {
  const accepted = { at: '2026-01-02', by: null, reason: 'r', run: 'r1', runDigest: 'd', previous: null }
  const counts = Object.entries(tasks).map(([id, text]) => [
    id,
    sideTask(text, { fingerprint: `content of ${id}` }),
  ])
  return {
    schemaVersion: 1,
    suite: 'dates',
    setups: Object.fromEntries(
      setups.map(setup => [
        setup,
        {
          fingerprint: setup,
          accepted,
          tasks: Object.fromEntries(counts),
          pooled: [],
          conditions: null,
          anchor: null,
        },
      ]),
    ),
  }
}

/** The table of smallest drops with 80 % power for the usual variance of 0.11, in points; the formula is 2.486·SE. */
test.each([
  [5, 10, 16],
  [10, 10, 12],
  [20, 10, 8],
  [50, 5, 7],
  [50, 10, 5],
  [200, 5, 4],
  [200, 10, 3],
])('without a baseline %i tasks with %i trials see a drop of %i points', (tasks, trials, points) => {
  const suite = suiteOf(
    Array.from({ length: tasks }, (_, i) => `t${i}`),
    ['bare'],
  )
  const { setups } = forecastSuite(suite, plan(suite, { trials }), null, asked)
  const drop = (setups[0]?.fixed.smallestDrop ?? 0) * 100
  expect(Math.abs(drop - points)).toBeLessThan(1)
})

test('each setup is told by what was accepted for it, and only for tasks that are still the same', () => {
  const suite = suiteOf(['a', 'b', 'c'], ['bare', 'guided'])
  const baseline = baselineOf({ a: '9/10', b: '5/10+1' })
  const changed = baseline.setups['bare']?.tasks['b']
  if (changed) changed.fingerprint = 'another'
  const { setups, obstacles } = forecastSuite(suite, plan(suite, { trials: 8 }), baseline, asked)
  const [bare, guided] = setups
  expect(bare).toMatchObject({ accepted: true, baseline: { graded: 10, errored: 0 }, changed: ['b'] })
  expect(bare?.tasks.unknown).toEqual(['b', 'c'])
  expect(guided).toMatchObject({ accepted: false, stored: {}, adaptive: null })
  expect(obstacles).toEqual(['nothing was accepted for setup guided', 'tasks have changed since: b'])
})

test('nothing, half of the margin, the margin, twice the margin and what was asked for are told once each', () => {
  const suite = suiteOf(['a', 'b'], ['bare'])
  const specs = plan(suite, { trials: 4 })
  const { setups } = forecastSuite(suite, specs, baselineOf({ a: '9/10', b: '5/10' }), {
    ...asked,
    drops: [20, 33],
  })
  expect(setups[0]?.adaptive?.ends.map(({ drop }) => drop)).toEqual([0, 0.05, 0.1, 0.2, 0.33])
})
