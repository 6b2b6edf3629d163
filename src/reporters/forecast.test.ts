import { expect, test } from 'vitest'
import { plan } from '../core/plan.ts'
import { forecastSuite } from '../core/suite-forecast.ts'
import { many, sideTask, suiteOf } from '../core/testing.ts'
import type { Baseline } from '../model/baseline.ts'
import { renderForecast } from './forecast.ts'
import { plainPaint } from './paint.ts'

const style = { paint: plainPaint, columns: 100, concurrency: 4 }
const counts: Record<string, string> = { ...many(16, '20/20'), ...many(4, '12/20', 17), dead: '0/20' }

/** Twenty minutes and half a dollar a trial. */
const baseline: Baseline = {
  schemaVersion: 1,
  suite: 'dates',
  setups: {
    bare: {
      fingerprint: 'content of bare',
      accepted: { at: '2026-01-02', by: null, reason: 'r', run: 'r1', runDigest: 'd', previous: null },
      tasks: Object.fromEntries(
        Object.entries(counts).map(([id, text]) => [
          id,
          sideTask(text, {
            fingerprint: `content of ${id}`,
            costUsd: Array<number>(20).fill(0.5),
            durationMs: Array<number>(20).fill(1_200_000),
          }),
        ]),
      ),
      pooled: [],
      conditions: null,
      anchor: null,
    },
  },
}

test('what a gate sees, what it takes, how it ends, and which tasks tell nothing', () => {
  const suite = suiteOf(Object.keys(counts), ['bare'], 6)
  const told = forecastSuite(suite, plan(suite), baseline, { margin: 10, drops: [], eager: false })
  expect(renderForecast(told, style)).toMatchInlineSnapshot(`
    "PLAN. dates: 21 tasks, 6 trials of each, margin 10 points. Nothing was run.

    bare: against 420 baseline trials
      It sees a drop of 8 points 4 times out of 5 (with --fixed, which never stops early: 7 points).
      A drop as large as the margin is called a regression by 91 of 100 such gates.
      It takes at most 126 trials (more only to be sure of tasks that look broken): about $63.00; about
      10h 30m with 4 at a time, of agents alone: grading comes on top. If nothing changed it takes
      46 trials on average (about $22.76).

      if in truth                     regressed    no drop  undecided  trials    cost    time
      nothing changed                  3 of 100  97 of 100   0 of 100      46  $22.76  3h 48m
      it fell by 5 points             59 of 100  41 of 100   0 of 100      50  $24.78   4h 8m
      it fell by 10 points (margin)   91 of 100   9 of 100   0 of 100      38  $19.07  3h 11m
      it fell by 20 points           100 of 100   0 of 100   0 of 100      27  $13.40  2h 14m

      a drop of  is found in  to find it 4 times out of 5 takes
      5 points     64 of 100  13 trials of each task (273 in all, about $137)
      10 points    96 of 100  3 trials of each task (63 in all, about $31.50)
      20 points   100 of 100  1 trial of each task (21 in all, about $10.50)

      To tell which task is broken takes 5 baseline trials of it that all passed, more if some failed.
      Too few passes are stored for that of: t17 (12/20), t18 (12/20), t19 (12/20), t20 (12/20). Accept
      more runs: the baseline grows.
      Flaky, so they make the noise: t17 (60 % of 20, 25 % of the noise), t18 (60 % of 20, 25 % of the
      noise), t19 (60 % of 20, 25 % of the noise), t20 (60 % of 20, 25 % of the noise).
      Cannot get worse, as they never pass, and are not run: dead (0/20).
      16 tasks always passed: a drop will show, an improvement cannot."
  `)
})

test('a plan that is too small for its margin says so', () => {
  const suite = suiteOf(['t1', 't17'], ['bare'], 3)
  const told = forecastSuite(suite, plan(suite), null, { margin: 10, drops: [], eager: false })
  const text = renderForecast(told, style).replaceAll(/\s+/g, ' ')
  expect(text).toMatch(/too small for its margin of 10 points.* a margin of \d?[05] points/)
})
