import { expect, test } from 'vitest'
import { adaptiveDefaults } from './adaptive/options.ts'
import { UserError } from '../errors.ts'
import { Baseline } from '../model/baseline.ts'
import { acceptBaseline, renderBaseline } from './baseline.ts'
import { fingerprint } from './fingerprint.ts'
import { manifestOf, trial } from './testing.ts'

const trials = ['a', 'b'].flatMap(task =>
  ['bare', 'guided'].flatMap(setup =>
    [0, 1].map(index =>
      trial({ task, setup, index, end: index === 0 ? 'pass' : 'fail', attempt: { costUsd: 0.25 } }),
    ),
  ),
)
const manifest = manifestOf(trials)
const acceptance = { at: '2026-01-02T03:04:05.000Z', by: 'ada', reason: 'first one', runDigest: 'd1' }
const first = acceptBaseline(null, manifest, trials, ['bare', 'guided'], acceptance)

const refusal = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
  throw new Error('was accepted')
}

test('accepting a run keeps its counts and values, and who accepted it why', () => {
  expect(Baseline.parse(first)).toEqual(first)
  expect(first.setups['bare']?.accepted).toEqual({
    at: '2026-01-02T03:04:05.000Z',
    by: 'ada',
    reason: 'first one',
    run: 'r1',
    runDigest: 'd1',
    previous: null,
  })
  expect(first.setups['bare']?.tasks['a']).toMatchObject({ passed: 1, graded: 2, costUsd: [0.25, 0.25] })
})

test('accepting one setup again leaves the others, and points to what it replaced', () => {
  const second = acceptBaseline(first, manifest, trials, ['bare'], {
    ...acceptance,
    reason: 'again',
    runDigest: 'd2',
  })
  expect(second.setups['guided']).toEqual(first.setups['guided'])
  expect(second.setups['bare']?.accepted).toMatchObject({
    reason: 'again',
    previous: fingerprint(first.setups['bare']),
  })
})

const more = { ...acceptance, at: '2026-02-02T00:00:00.000Z', runDigest: 'd2' }

test('more trials of the same setup join those that were accepted, and the first acceptance stays as an anchor', () => {
  const second = acceptBaseline(first, manifest, trials, ['bare'], more)
  expect(second.setups['bare']).toMatchObject({
    pooled: ['d1', 'd2'],
    tasks: { a: { passed: 2, graded: 4, costUsd: [0.25, 0.25, 0.25, 0.25], meanScore: 0.5 } },
    anchor: { accepted: { at: acceptance.at }, tasks: { a: { passed: 1, graded: 2 } } },
  })
  const third = acceptBaseline(second, manifest, trials, ['bare'], { ...more, runDigest: 'd3' })
  expect(third.setups['bare']).toMatchObject({
    pooled: ['d1', 'd2', 'd3'],
    tasks: { a: { graded: 6 } },
    anchor: { tasks: { a: { graded: 2 } } },
  })
  expect(Baseline.parse(JSON.parse(renderBaseline(third)))).toEqual(third)
  const anew = acceptBaseline(
    third,
    manifest,
    trials,
    ['bare'],
    { ...more, runDigest: 'd4' },
    { newAnchor: true, replace: true },
  )
  expect(anew.setups['bare']).toMatchObject({ pooled: [], anchor: null, tasks: { a: { graded: 2 } } })
})

test('the same trials are never counted twice', () => {
  const message = 'run r1 is in the baseline already: its trials would count twice'
  expect(refusal(() => acceptBaseline(first, manifest, trials, ['bare'], acceptance))).toContain(message)
  const second = acceptBaseline(first, manifest, trials, ['bare'], more)
  for (const runDigest of ['d1', 'd2'])
    expect(
      refusal(() => acceptBaseline(second, manifest, trials, ['bare'], { ...more, runDigest })),
    ).toContain(message)
})

test('trials of a changed setup, of a changed task, or under other conditions do not join', () => {
  const accept = (change: (run: typeof manifest) => void, rows = trials) => {
    const run = structuredClone(manifest)
    change(run)
    return acceptBaseline(first, run, rows, ['bare'], more).setups['bare']
  }
  const otherSetup = accept(
    run => void (run.setups['bare'] && (run.setups['bare'].fingerprint = 'new')),
    trials.map(row => ({ ...row, setupFingerprint: row.setup === 'bare' ? 'new' : row.setupFingerprint })),
  )
  expect(otherSetup).toMatchObject({
    pooled: [],
    tasks: { a: { graded: 2 } },
    anchor: { fingerprint: 'content of bare' },
  })
  const otherTask = accept(
    run => void (run.tasks['a'] && (run.tasks['a'].fingerprint = 'new')),
    trials.map(row => ({ ...row, taskFingerprint: row.task === 'a' ? 'new' : row.taskFingerprint })),
  )
  expect(otherTask?.tasks).toMatchObject({ a: { graded: 2 }, b: { graded: 4 } })
  const limits = { by: 'none' as const, asked: [], missing: [] }
  const measured = (level: 'none' | 'sandbox', from: Baseline | null, runDigest: string) => {
    const run = { ...manifest, isolation: { ...manifest.isolation, level, limits } }
    return acceptBaseline(from, run, trials, ['bare'], { ...more, runDigest })
  }
  const inSandbox = measured('sandbox', null, 'd1')
  expect(inSandbox.setups['bare']?.conditions).toEqual({ isolation: 'sandbox', unenforced: [] })
  expect(measured('sandbox', inSandbox, 'd2').setups['bare']?.tasks['a']?.graded).toBe(4)
  expect(measured('none', inSandbox, 'd2').setups['bare']?.tasks['a']?.graded).toBe(2)
})

test('the file is one line a task, sorted, and reads back as it was', () => {
  const text = renderBaseline(first)
  expect(Baseline.parse(JSON.parse(text))).toEqual(first)
  expect(text).toMatchInlineSnapshot(`
    "{
      "schemaVersion": 1,
      "suite": "dates",
      "setups": {
        "bare": {
          "fingerprint": "content of bare",
          "accepted": {
            "at": "2026-01-02T03:04:05.000Z",
            "by": "ada",
            "reason": "first one",
            "run": "r1",
            "runDigest": "d1",
            "previous": null
          },
          "tasks": {
            "a": {"fingerprint":"content of a","passed":1,"graded":2,"errored":0,"meanScore":0.5,"costUsd":[0.25,0.25],"tokens":[],"durationMs":[1000,1000],"turns":[],"scores":[1,0]},
            "b": {"fingerprint":"content of b","passed":1,"graded":2,"errored":0,"meanScore":0.5,"costUsd":[0.25,0.25],"tokens":[],"durationMs":[1000,1000],"turns":[],"scores":[1,0]}
          }
        },
        "guided": {
          "fingerprint": "content of guided",
          "accepted": {
            "at": "2026-01-02T03:04:05.000Z",
            "by": "ada",
            "reason": "first one",
            "run": "r1",
            "runDigest": "d1",
            "previous": null
          },
          "tasks": {
            "a": {"fingerprint":"content of a","passed":1,"graded":2,"errored":0,"meanScore":0.5,"costUsd":[0.25,0.25],"tokens":[],"durationMs":[1000,1000],"turns":[],"scores":[1,0]},
            "b": {"fingerprint":"content of b","passed":1,"graded":2,"errored":0,"meanScore":0.5,"costUsd":[0.25,0.25],"tokens":[],"durationMs":[1000,1000],"turns":[],"scores":[1,0]}
          }
        }
      }
    }
    "
  `)
})

test('the same baseline is the same file, whatever the order in which things came', () => {
  const again = acceptBaseline(null, manifest, trials.toReversed(), ['guided', 'bare'], acceptance)
  expect(renderBaseline(again)).toBe(renderBaseline(first))
  expect(renderBaseline(Baseline.parse(JSON.parse(renderBaseline(first))))).toBe(renderBaseline(first))
})

test('a run with nothing graded is refused', () => {
  const errored = trials.map(({ task, setup, index }) => trial({ task, setup, index, end: 'errored' }))
  expect(refusal(() => acceptBaseline(null, manifest, errored, ['bare'], acceptance))).toBe(
    'run r1 has graded nothing at all with setup bare, so there is no pass rate to accept. ' +
      'See why the trials errored, resume the run, then accept it',
  )
})

test('a run with a task of which nothing was graded is refused, even a partial one', () => {
  const without = trials.filter(({ task }) => task !== 'b')
  expect(
    refusal(() => acceptBaseline(null, manifest, without, ['bare'], acceptance, { partial: true })),
  ).toContain('has graded nothing of b with setup bare')
})

test('an unfinished run is refused unless that is meant', () => {
  const unfinished = trials.filter(({ id }) => id !== 'b/bare/1')
  const accept = (partial: boolean): Baseline =>
    acceptBaseline(null, manifest, unfinished, ['bare'], acceptance, { partial })
  expect(refusal(() => accept(false))).toBe(
    'run r1 is not finished: 1 planned trial has no result with setup bare. Resume the run, then accept it',
  )
  expect(accept(true).setups['bare']?.tasks['b']?.graded).toBe(1)
})

test('a run that would take tasks out of the gate is refused unless that is meant', () => {
  const fewer = trials.filter(({ task }) => task === 'a')
  const accept = (partial: boolean): Baseline =>
    acceptBaseline(first, manifestOf(fewer), fewer, ['bare'], { ...acceptance, runDigest: 'd2' }, { partial })
  expect(refusal(() => accept(false))).toContain('lacks tasks that the baseline of setup bare has: b.')
  expect(Object.keys(accept(true).setups['bare']?.tasks ?? {})).toEqual(['a'])
})

test('a gate that did not run a task that never passed makes the baseline grow, and the task keeps what it has', () => {
  const never = trials.map(trial =>
    trial.task === 'b' && trial.status === 'graded' ? { ...trial, pass: false } : trial,
  )
  const before = acceptBaseline(null, manifest, never, ['bare'], acceptance)
  const gate = trials.filter(({ task }) => task === 'a')
  const adaptive = {
    settings: { ...adaptiveDefaults, margin: 10, rounds: 2 },
    baseline: 'x',
    canaries: {},
  }
  const ran = { ...manifestOf(gate), tasks: manifest.tasks, adaptive }
  const more = { ...acceptance, runDigest: 'd2' }
  const grown = acceptBaseline(before, ran, gate, ['bare'], more).setups['bare']?.tasks
  expect(grown?.['b']).toEqual(before.setups['bare']?.tasks['b'])
  expect(grown?.['a']?.graded).toBe(2 * (before.setups['bare']?.tasks['a']?.graded ?? 0))
  expect(refusal(() => acceptBaseline(before, { ...ran, adaptive: null }, gate, ['bare'], more))).toContain(
    'lacks tasks that the baseline of setup bare has: b.',
  )
  expect(refusal(() => acceptBaseline(first, ran, gate, ['bare'], more))).toContain('lacks tasks')
})

test('a baseline of another suite, an unknown setup and an empty reason are refused', () => {
  expect(
    refusal(() => acceptBaseline({ ...first, suite: 'times' }, manifest, trials, ['bare'], acceptance)),
  ).toContain('the baseline is of suite times, but run r1 is of suite dates')
  expect(refusal(() => acceptBaseline(null, manifest, trials, ['full'], acceptance))).toContain(
    'known: bare, guided',
  )
  expect(refusal(() => acceptBaseline(null, manifest, trials, [], acceptance))).toContain('no setup')
  expect(
    refusal(() => acceptBaseline(null, manifest, trials, ['bare'], { ...acceptance, reason: ' ' })),
  ).toContain('no reason')
})
