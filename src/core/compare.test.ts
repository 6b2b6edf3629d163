import { expect, test } from 'vitest'
import { UserError } from '../errors.ts'
import { Comparison, type Change, type SideTask } from '../model/report.ts'
import { compare } from './compare.ts'
import { goldenBase, goldenCandidate } from './stats/testing.ts'
import { gated, many, side, sideTask } from './testing.ts'

const fives = (passes: number[]): Record<string, string> =>
  Object.fromEntries(passes.map((passed, i) => [`t${i}`, `${passed}/5`]))

const golden = gated(fives(goldenBase), fives(goldenCandidate))

test('the golden values come out of a whole comparison', () => {
  expect(Comparison.parse(golden)).toEqual(golden)
  expect(golden.pRegressed).toBeCloseTo(0.016514, 6)
  expect(golden.pImproved).toBeCloseTo(1 - 0.016514, 6)
  expect(golden.difference?.lo).toBeCloseTo(-0.291588, 6)
  expect(golden.difference?.hi).toBeCloseTo(-0.028412, 6)
  expect(golden).toMatchObject({ comparedTasks: 10, comparedTrials: 100, margin: 10 })
  expect(golden.base.passRate).toMatchObject({ value: expect.closeTo(0.68, 12), n: 50 })
  expect(golden.candidate.passRate).toMatchObject({ value: expect.closeTo(0.52, 12), n: 50 })
})

test('a regression is told in words, without p values', () => {
  expect(golden.verdict).toEqual({
    decision: 'regressed',
    exitCode: 1,
    reasons: [
      '10 tasks, 50 trials against 50. Pass rate fell from 68 % to 52 % (-16 points, likely between -29 and -3). This check cries wolf in about 5 of 100 unchanged setups.',
      'Few trials (50 on the smaller side): only large changes can be seen. Run at least 3 of each task and 60 in all.',
    ],
  })
})

test('an improvement is the mirror image', () => {
  const { verdict } = gated(fives(goldenCandidate), fives(goldenBase))
  expect(verdict).toMatchObject({ decision: 'improved', exitCode: 0 })
  expect(verdict.reasons[0]).toBe(
    '10 tasks, 50 trials against 50. Pass rate rose from 52 % to 68 % (+16 points, likely between +3 and +29). This check calls about 5 of 100 unchanged setups improved.',
  )
})

test('a drop beyond the margin for sure says so', () => {
  const { verdict } = gated(many(20, '5/5'), many(20, '2/5'))
  expect(verdict.reasons[0]).toContain(', by more than the margin of 10 points.')
})

test('no change in a suite that is large enough shows that there is no drop', () => {
  const { verdict } = gated(
    { ...many(20, '5/5'), ...many(20, '3/5', 21) },
    { ...many(20, '5/5'), ...many(20, '3/5', 21) },
  )
  expect(verdict).toEqual({
    decision: 'no-drop',
    exitCode: 0,
    reasons: [
      '40 tasks, 200 trials against 200. Best guess 0 points (likely -7 to +7). A drop smaller than 10 points may have been missed.',
    ],
  })
})

test('too few trials are inconclusive: green, or red where strict, with what would decide it', () => {
  const [base, candidate] = [many(12, '6/10'), many(12, '3/5')]
  expect(gated(base, candidate).verdict).toEqual({
    decision: 'inconclusive',
    exitCode: 0,
    reasons: [
      '12 tasks, 60 trials against 120. Best guess 0 points (likely -14 to +14). A drop beyond 10 points is neither shown nor ruled out.',
      'No number of candidate trials would decide it, the base has too few: run 34 more of each task for the base, and as many of each for the candidate as the base then has.',
    ],
  })
  expect(gated(base, candidate, { strict: true }).verdict).toMatchObject({
    decision: 'inconclusive',
    exitCode: 3,
  })
  const wider = gated(many(12, '12/20'), candidate, { margin: 13 }).verdict
  expect(wider.reasons[1]).toBe(
    '336 more trials (28 of each task) would decide it nine times out of ten if nothing changed.',
  )
})

test('what would decide it is advice that can be followed', () => {
  const advice = (base: Record<string, string>, candidate: Record<string, string>): string | undefined =>
    gated(base, candidate).verdict.reasons[1]
  expect(advice(many(2, '5/5'), many(2, '5/5'))).toBe(
    'So few tasks would take far too many trials: add tasks, or allow a wider margin.',
  )
  expect(advice(many(2, '3/3'), many(2, '3/3'))).toBe(
    'So few trials decide nothing: run at least 5 of each task on both sides.',
  )
  expect(advice(many(3, '0/5'), many(3, '0/5'))).toBe(
    'Nothing ever passed, so nothing can get worse: take tasks that pass at least now and then.',
  )
})

test('where there were enough trials and yet no answer, it says that there may be a smaller drop', () => {
  const { verdict } = gated(
    many(40, '6/10'),
    { ...many(19, '6/10'), ...many(21, '5/10', 20) },
    { margin: 11 },
  )
  expect(verdict.decision).toBe('inconclusive')
  expect(verdict.reasons.join(' ')).toContain(
    'so there may be a smaller drop: run as many again, or allow a wider margin',
  )
})

test('one broken task is named, although the mean does not show it', () => {
  const noisy = many(19, '10/20')
  const { verdict, tasks } = gated(
    { ...noisy, 'fix-race': '20/20' },
    { ...many(19, '6/10'), 'fix-race': '0/10' },
  )
  expect(verdict).toMatchObject({ decision: 'regressed', exitCode: 1 })
  expect(verdict.reasons[0]).toContain('The mean hides what single tasks did: pass rate rose')
  expect(verdict.reasons[1]).toBe('Broken task: fix-race (20/20 -> 0/10).')
  expect(tasks.filter(({ change }) => change === 'regressed').map(({ task }) => task)).toEqual(['fix-race'])
})

test('outside of a gate the decision is the same, but the exit code is 0', () => {
  const { verdict } = gated(fives(goldenBase), fives(goldenCandidate), { gate: false })
  expect(verdict).toMatchObject({ decision: 'regressed', exitCode: 0 })
})

test('few tasks are said to be few', () => {
  const { verdict } = gated({ a: '5/5', b: '4/5' }, { a: '4/5', b: '4/5' })
  expect(verdict.reasons).toContain(
    'Only 2 tasks: look at the counts of each, and add tasks for a verdict about more than these.',
  )
})

test('the range for new tasks is never narrower than that for these', () => {
  const same = gated(many(10, '5/5'), many(10, '5/5'))
  expect(same.generalisation).toEqual(same.difference)
  expect(golden.generalisation?.lo).toBeLessThanOrEqual(golden.difference?.lo ?? 0)
  expect(gated({ a: '5/5' }, { a: '5/5' }).generalisation).toBeNull()
})

test('pass@k goes as far as both sides have trials', () => {
  const { passAtK, passHatK } = gated({ a: '10/20' }, { a: '1/2' })
  expect(Object.keys(passAtK.base)).toEqual(['1', '2'])
  expect(passAtK.candidate).toEqual({ '1': 0.5, '2': 1 })
  expect(passHatK.candidate).toEqual({ '1': 0.5, '2': 0 })
})

test('cost, tokens and time are ratios over the tasks that can be compared', () => {
  const values = (factor: number): object => ({
    costUsd: [factor, 2 * factor],
    tokens: [],
    durationMs: [100 * factor],
  })
  const { costUsd, tokens, durationMs } = gated(
    { a: sideTask('2/2', values(1)), gone: sideTask('2/2', values(7)) },
    { a: sideTask('2/2', values(1.5)) },
  )
  expect(costUsd?.value).toBeCloseTo(1.5, 12)
  expect(costUsd).toMatchObject({ n: 4 })
  expect(tokens).toBeNull()
  expect(durationMs).toMatchObject({ lo: null, hi: null, n: 2 })
})

test('nothing to compare is null everywhere, and never green', () => {
  const nothing = gated({ a: '5/5' }, { b: '5/5' })
  expect(nothing).toMatchObject({
    difference: null,
    pRegressed: null,
    comparedTasks: 0,
    base: { passRate: null },
    costUsd: null,
  })
  expect(nothing.verdict).toMatchObject({ decision: 'incomparable', exitCode: 3 })
  expect(gated({}, {}).verdict).toMatchObject({ decision: 'incomparable', exitCode: 3 })
  expect(gated({}, {}, { gate: false }).verdict).toMatchObject({ decision: 'incomparable', exitCode: 0 })
})

test('the same sides give the same bytes, in whatever order their tasks stand', () => {
  const base = { ...fives(goldenBase), ragged: sideTask('3/7+1', { costUsd: [0.1, 0.2, 0.7] }) }
  const candidate = { ...fives(goldenCandidate), ragged: sideTask('2/3', { costUsd: [0.3, 0.1] }) }
  const turned = (tasks: Record<string, string | SideTask>): Record<string, string | SideTask> =>
    Object.fromEntries(Object.entries(tasks).toReversed())
  expect(JSON.stringify(gated(turned(base), turned(candidate)))).toBe(JSON.stringify(gated(base, candidate)))
})

test('a task may be called like something that every object has', () => {
  const { tasks, verdict } = gated({ constructor: '5/5', a: '5/5' }, { a: '5/5' })
  expect(tasks.map(({ task, change }): [string, Change] => [task, change])).toEqual([
    ['a', 'unchanged'],
    ['constructor', 'removed'],
  ])
  expect(verdict.decision).toBe('incomparable')
})

test('a margin of 0 is refused: no number of trials could rule out every drop', () => {
  expect(() => compare(side('a', {}), side('b', {}), { margin: 0, strict: false, gate: true })).toThrow(
    new UserError('the margin must be above 0 percentage points, got 0'),
  )
})
