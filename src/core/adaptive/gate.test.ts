import { expect, test } from 'vitest'
import type { AdaptiveRun } from '../../model/adaptive.ts'
import type { RunManifest } from '../../model/run.ts'
import type { Trial } from '../../model/trial.ts'
import { acceptBaseline } from '../baseline.ts'
import { fingerprint } from '../fingerprint.ts'
import { withPlanned } from '../manifest.ts'
import { withEarlierStarts } from '../starts.ts'
import { manifestOf, trial } from '../testing.ts'
import { adaptiveFindings, adaptivePlans, nextTrials, stepsOf } from './gate.ts'
import { adaptiveDefaults } from './options.ts'

const names = Array.from({ length: 10 }, (_, i) => `t${i}`)
const rows = (setup: string): Trial[] =>
  names.flatMap(task => Array.from({ length: 20 }, (_, index) => trial({ task, setup, index })))
const old = [...rows('bare'), ...rows('guided')]
const baseline = acceptBaseline(null, manifestOf(old), old, ['bare', 'guided'], {
  at: '2026-01-02T00:00:00Z',
  by: null,
  reason: 'r',
  runDigest: 'd',
})
const tasks = names.map(id => ({ id, fingerprint: `content of ${id}` }))
const run: AdaptiveRun = {
  settings: { ...adaptiveDefaults, margin: 10, rounds: 8 },
  baseline: fingerprint(baseline),
  canaries: {},
}

/** Runs a gate to its end with an agent that fails where `fails` says so; the trials in order, and the rows that were stored. */
function play(
  setups: string[],
  fails: (task: string, setup: string) => boolean,
  errors: (id: string, starts: number) => boolean = () => false,
) {
  const plans = adaptivePlans(baseline, setups, tasks, run)
  const stored = new Map<string, Trial>()
  let manifest: RunManifest = {
    ...manifestOf(
      old.filter(({ setup }) => setups.includes(setup)),
      [],
    ),
    adaptive: run,
  }
  for (let batches = 0; batches < 100; batches++) {
    const batch = nextTrials(stepsOf(plans, [...stored.values()], run), run)
    if (batch.length === 0) break
    manifest = withPlanned(manifest, batch)
    for (const spec of batch) {
      const before = stored.get(spec.id)
      const end = errors(spec.id, before?.starts ?? 0)
        ? 'errored'
        : fails(spec.task, spec.setup)
          ? 'fail'
          : 'pass'
      const made = { ...trial({ ...spec, end }), startedAt: `${batches}` }
      stored.set(spec.id, withEarlierStarts(made, before))
    }
  }
  const trials = [...stored.values()]
  return { trials, findings: adaptiveFindings(manifest, trials, baseline), manifest }
}

test('each setup has looks of its own, and stops by itself', () => {
  const { findings, trials } = play(['bare', 'guided'], (_, setup) => setup === 'guided')
  expect(findings.get('guided')?.outcome.verdict).toBe('regressed')
  expect(findings.get('bare')?.outcome).toMatchObject({ verdict: 'no-drop', broken: [] })
  expect(trials.filter(({ setup }) => setup === 'bare').length).toBeLessThan(80)
  // The chance of a false alarm is shared.
  expect(adaptivePlans(baseline, ['bare', 'guided'], tasks, run).get('bare')?.options.alpha).toBe(0.02)
  expect(adaptivePlans(baseline, ['bare'], tasks, run).get('bare')?.options.alpha).toBe(0.04)
})

test('a broken task is named after more trials of it alone', () => {
  const { findings, trials } = play(['bare'], task => task === 't4')
  expect(findings.get('bare')?.outcome).toMatchObject({ verdict: 'regressed', broken: ['t4'] })
  expect(trials.filter(({ task }) => task === 't4').length).toBeGreaterThan(
    trials.filter(({ task }) => task === 't5').length,
  )
})

test('what errors is started again up to twice, then left out and told', () => {
  const once = play(
    ['bare'],
    () => false,
    (id, starts) => id === 't1/bare/0' && starts === 0,
  )
  expect(once.findings.get('bare')?.outcome.verdict).toBe('no-drop')
  expect(once.trials.find(({ id }) => id === 't1/bare/0')).toMatchObject({ status: 'graded', starts: 2 })
  const always = play(
    ['bare'],
    () => false,
    id => id.startsWith('t1/'),
  )
  expect(always.findings.get('bare')).toMatchObject({
    outcome: { verdict: 'infrastructure' },
    trouble: expect.arrayContaining(['nothing-graded']),
  })
  expect(always.trials.every(({ starts }) => starts <= 3)).toBe(true)
})

test('a task that has changed is not held against its past, and another baseline means no finding', () => {
  const changed = tasks.map(task => (task.id === 't0' ? { ...task, fingerprint: 'new' } : task))
  expect(
    adaptivePlans(baseline, ['bare'], changed, run)
      .get('bare')
      ?.tasks.map(({ task }) => task),
  ).not.toContain('t0')
  const { manifest, trials } = play(['bare'], () => false)
  expect(adaptiveFindings(manifest, trials, { ...baseline, suite: 'other' })).toEqual(new Map())
})
