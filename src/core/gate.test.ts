import { expect, test } from 'vitest'
import type { Comparison, Decision } from '../model/report.ts'
import { acceptBaseline } from './baseline.ts'
import { compare } from './compare.ts'
import { gateProblems, gateVerdict } from './gate.ts'
import { gated, manifestOf, many, side, sideTask, trial } from './testing.ts'

test('a removed task is never green: accept a new baseline or restore it', () => {
  const { verdict } = gated(many(41, '5/5'), many(40, '5/5'))
  expect(verdict).toMatchObject({ decision: 'incomparable', exitCode: 3 })
  expect(verdict.reasons[0]).toBe(
    'In the baseline but not in run r1: t41. Run the whole suite, restore the task, or accept a new baseline without it.',
  )
  expect(verdict.reasons[1]).toContain('40 tasks, 200 trials against 200')
})

test('a changed task is never green', () => {
  const { verdict } = gated(
    { ...many(40, '5/5'), a: sideTask('5/5', { fingerprint: 'old' }) },
    { ...many(40, '5/5'), a: sideTask('5/5', { fingerprint: 'new' }) },
  )
  expect(verdict).toMatchObject({ decision: 'incomparable', exitCode: 3 })
  expect(verdict.reasons[0]).toBe(
    'Not the same on both sides: a. If the change is meant, accept a new baseline; if not, restore the task.',
  )
})

test('a regression in what is left is still a regression', () => {
  const { verdict } = gated(many(41, '5/5'), many(40, '3/5'))
  expect(verdict).toMatchObject({ decision: 'regressed', exitCode: 1 })
  expect(verdict.reasons.join(' ')).toContain('In the baseline but not in run r1: t41.')
})

test('outside of a gate removed and changed tasks are left out with a note', () => {
  const { verdict } = gated(many(41, '5/5'), many(40, '5/5'), { gate: false })
  expect(verdict).toMatchObject({ decision: 'no-drop', exitCode: 0 })
  expect(verdict.reasons.at(-1)).toBe(
    'Not the same on both sides, so not compared: t41. Run both sides on one version of the suite.',
  )
})

test('an added task is no obstacle, but is not gated and says so', () => {
  const { verdict } = gated(many(40, '5/5'), many(41, '5/5'))
  expect(verdict.decision).toBe('no-drop')
  expect(verdict.reasons.at(-1)).toBe(
    'Not in the baseline, so not compared: t41. Accept a new baseline to include it.',
  )
})

test('a changed setup is what a gate is for; another setup is not', () => {
  const options = { margin: 10, strict: false, gate: true }
  const base = side('the baseline', many(40, '5/5'))
  const changed = compare(base, { ...side('run r1', many(40, '5/5')), setupFingerprint: 'changed' }, options)
  expect(changed.verdict.decision).toBe('no-drop')
  expect(changed.verdict.reasons.at(-1)).toBe(
    'Setup bare itself has changed since the baseline: this verdict is about that change.',
  )
  const other = compare(base, side('run r1', many(40, '5/5'), 'guided'), options)
  expect(other.verdict).toMatchObject({ decision: 'incomparable', exitCode: 3 })
})

const byDecision: Record<Exclude<Decision, 'needs-approval'>, Comparison> = {
  improved: gated(many(40, '3/5'), many(40, '5/5')),
  'no-drop': gated(many(40, '5/5'), many(40, '5/5')),
  inconclusive: gated(many(10, '3/5'), many(10, '3/5'), { strict: true }),
  incomparable: gated(many(41, '5/5'), many(40, '5/5')),
  invalid: compare(
    side('the baseline', many(20, '5/5')),
    { ...side('run r1', many(20, '2/5')), doubts: ['AGENTS.md never reached the model.'] },
    { margin: 10, strict: false, gate: true },
  ),
  infrastructure: gated(many(20, '5/5'), many(20, '4/4+1')),
  regressed: gated(many(20, '5/5'), many(20, '2/5')),
}
const worstFirst: (keyof typeof byDecision)[] = [
  'invalid',
  'regressed',
  'infrastructure',
  'incomparable',
  'inconclusive',
  'no-drop',
  'improved',
]

test('over several setups the worst decision wins, with its exit code', () => {
  const codes = worstFirst.map((_, i) => {
    const comparisons = worstFirst
      .slice(i)
      .toReversed()
      .map(decision => byDecision[decision])
    const { decision, exitCode } = gateVerdict(comparisons, [])
    return [decision, exitCode]
  })
  expect(codes).toEqual([
    ['invalid', 4],
    ['regressed', 1],
    ['infrastructure', 4],
    ['incomparable', 3],
    ['inconclusive', 3],
    ['no-drop', 0],
    ['improved', 0],
  ])
})

test('with one setup the reasons are its own; with several each is named, the worst first', () => {
  expect(gateVerdict([byDecision.regressed], [])).toEqual(byDecision.regressed.verdict)
  const { reasons } = gateVerdict([byDecision.improved, byDecision.regressed], [])
  expect(reasons[0]).toBe(`bare: ${byDecision.regressed.verdict.reasons[0]}`)
  expect(reasons.at(-1)).toBe(`bare: ${byDecision.improved.verdict.reasons[0]}`)
})

test('a gate that compared nothing is not green', () => {
  expect(gateVerdict([], [])).toMatchObject({ decision: 'incomparable', exitCode: 3 })
})

const trials = [trial({ task: 'a' }), trial({ task: 'b' })]
const accepted = acceptBaseline(null, manifestOf(trials), trials, ['bare'], {
  at: '2026-01-02',
  by: null,
  reason: 'first',
  runDigest: '0',
})

test('a run with all of its trials and a baseline for all of its setups has no problem', () => {
  expect(gateProblems(manifestOf(trials), trials, accepted)).toEqual([])
})

test('trials without a result keep a gate from being green', () => {
  const problems = gateProblems(manifestOf(trials), trials.slice(1), accepted)
  expect(problems).toEqual([
    { decision: 'infrastructure', reason: '1 of 2 planned trials has no result: resume run r1.' },
  ])
  expect(gateVerdict([byDecision['no-drop']], problems)).toMatchObject({
    decision: 'infrastructure',
    exitCode: 4,
  })
  expect(gateVerdict([byDecision.regressed], problems)).toMatchObject({ decision: 'regressed', exitCode: 1 })
})

test('a setup that nothing was accepted for, or a baseline of another suite, keep a gate from being green', () => {
  const guided = [...trials, trial({ setup: 'guided' })]
  const problems = gateProblems(manifestOf(guided), guided, { ...accepted, suite: 'times' })
  expect(problems.map(({ decision }) => decision)).toEqual(['incomparable', 'incomparable'])
  expect(problems.map(({ reason }) => reason).join(' ')).toContain(
    'Nothing was ever accepted for setup guided',
  )
  expect(gateVerdict([byDecision.improved], problems)).toMatchObject({
    decision: 'incomparable',
    exitCode: 3,
  })
})
