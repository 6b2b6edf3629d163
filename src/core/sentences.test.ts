import { expect, test } from 'vitest'
import type { AdaptiveOutcome } from '../model/adaptive.ts'
import type { SideTask, Verdict } from '../model/report.ts'
import { compare } from './compare.ts'
import { gated, many, side, sideTask } from './testing.ts'

const outcome: AdaptiveOutcome = {
  verdict: 'regressed',
  round: 4,
  rounds: 8,
  trials: 90,
  planned: 164,
  saved: 74,
  savedUsd: 52.4,
  spentUsd: 61.2,
  unpriced: 0,
  broken: ['fix-race'],
  cleared: [],
  skipped: [],
  drifted: null,
}

function adaptive(
  base: Record<string, string | SideTask>,
  candidate: Record<string, string | SideTask>,
  replaced: Partial<AdaptiveOutcome>,
): Verdict {
  const finding = { outcome: { ...outcome, ...replaced }, trouble: [] }
  return compare(side('baseline', base), side('this run', candidate), {
    margin: 10,
    strict: false,
    gate: true,
    adaptive: finding,
  }).verdict
}

test('a gate that stopped early: what it rests on, the change, how often it errs; then what broke and what was saved', () => {
  const { decision, reasons } = adaptive(
    { 'fix-race': '20/20', ...many(19, '12/20') },
    { 'fix-race': '0/10', ...many(19, '2/4') },
    {},
  )
  expect(decision).toBe('regressed')
  expect(reasons).toEqual([
    '20 tasks, 86 trials ($61) against 400. Pass rate fell from 62 % to 48 % (-14 points, likely between -26 and -3). This check cries wolf in at most 5 of 100 unchanged setups.',
    'Broken task: fix-race (20/20 -> 0/10). Stopped after round 4 of 8: 74 trials saved (about $52).',
  ])
})

test('no drop is a best guess with its range, and says what may have been missed', () => {
  const { decision, reasons } = adaptive(
    many(20, '20/20'),
    { t1: '2/3', ...many(19, '3/3', 2) },
    {
      verdict: 'no-drop',
      broken: [],
      spentUsd: 0,
      unpriced: 60,
    },
  )
  expect(decision).toBe('no-drop')
  expect(reasons[0]).toBe(
    '20 tasks, 60 trials against 400. Best guess -2 points (likely -5 to +2). A drop smaller than 10 points may have been missed.',
  )
  expect(reasons.join(' ')).not.toMatch(/\bp\b/)
})

test('a cost that is known in part says how much is not', () => {
  const candidate = { t1: sideTask('3/3', { costUsd: [1, 2] }), ...many(11, '3/3', 2) }
  const { verdict } = gated(many(12, '6/6'), candidate)
  expect(verdict.reasons[0]).toContain('12 tasks, 36 trials ($3.00, 34 trials of unknown cost) against 72.')
})

test('tasks that fell too far for chance, although neither the mean nor one task shows it: the suspects and what to do', () => {
  const { verdict, pRegressed, pUnevenlyWorse } = gated(
    { 'fix-race': '5/5', parse: '5/5', ...many(18, '4/5') },
    { 'fix-race': '0/5', parse: '0/5', ...many(8, '5/5'), ...many(10, '4/5', 9) },
  )
  expect(pRegressed).toBeGreaterThan(0.05)
  expect(pUnevenlyWorse).toBeLessThan(0.005)
  expect(verdict).toMatchObject({ decision: 'regressed', exitCode: 1 })
  expect(verdict.reasons[0]).toContain('This check cries wolf in about 5 of 100 unchanged setups.')
  expect(verdict.reasons[1]).toBe(
    'Single tasks fell further than chance does in 1 of 200 unchanged setups, most of all: fix-race (5/5 -> 0/5), parse (5/5 -> 0/5). ' +
      'Run at least 10 trials of them on both sides to know what broke.',
  )
})

test('single tasks that rose far among others that did not are an improvement, but not where the mean fell', () => {
  const rose = gated(
    { 'fix-race': '0/5', parse: '0/5', ...many(18, '5/5') },
    { 'fix-race': '5/5', parse: '5/5', ...many(7, '4/5'), ...many(11, '5/5', 8) },
  )
  expect(rose.pImproved).toBeGreaterThan(0.05)
  expect(rose.verdict.decision).toBe('improved')
  expect(rose.verdict.reasons[1]).toContain('most of all: fix-race (0/5 -> 5/5), parse (0/5 -> 5/5).')
  const fell = gated({ 'fix-race': '0/5', ...many(19, '5/5') }, { 'fix-race': '5/5', ...many(19, '3/5') })
  expect(fell.verdict.decision).toBe('regressed')
})

test('a mean that rose for sure is no regression, even where single tasks fell far', () => {
  const { verdict, pUnevenlyWorse, pImproved } = gated(
    { 'fix-race': '5/5', parse: '5/5', ...many(18, '3/5') },
    { 'fix-race': '0/5', parse: '0/5', ...many(18, '5/5') },
  )
  expect(pUnevenlyWorse).toBeLessThan(0.005)
  expect(pImproved).toBeLessThan(0.05)
  expect(verdict.decision).toBe('improved')
})

test('a broken task under a mean that rose does not read like a contradiction', () => {
  const { decision, reasons } = adaptive(
    { 'fix-race': '20/20', ...many(19, '12/20') },
    { 'fix-race': '0/10', ...many(19, '3/4') },
    {},
  )
  expect(decision).toBe('regressed')
  expect(reasons[0]).toContain(
    'The mean hides what single tasks did: pass rate rose from 62 % to 71 % (+9 points',
  )
  expect(reasons[1]).toContain('Broken task: fix-race (20/20 -> 0/10).')
})

test('what a small budget left undone is not called saved', () => {
  const { decision, reasons } = adaptive(many(20, '12/20'), many(20, '1/2'), {
    verdict: 'budget',
    broken: [],
  })
  expect(decision).toBe('inconclusive')
  expect(reasons.join(' ')).toContain('Stopped after round 4 of 8. ')
  expect(reasons.join(' ')).not.toContain('saved')
  expect(reasons.join(' ')).toContain('What is left of the budget may not pay the next trials')
})
