import { expect, test } from 'vitest'
import { gated, many } from './testing.ts'

test('more than 2 % errored trials of the candidate: infrastructure, whatever the rest says', () => {
  const { verdict } = gated({ ...many(40, '5/5') }, { ...many(34, '5/5'), ...many(6, '4/4+1', 35) })
  expect(verdict).toMatchObject({ decision: 'infrastructure', exitCode: 4 })
  expect(verdict.reasons.slice(0, 4)).toEqual([
    '6 of 200 trials (3.0 %) of run r1 errored, more than 2 %.',
    'The sides differ in how many trials errored: 0 of 200 trials (0.0 %) of the baseline, 6 of 200 trials (3.0 %) of run r1.',
    'Counting the errored trials as failures would turn "no-drop" into "regressed".',
    'See why these trials errored and resume the run: whatever it shows now may come from that.',
  ])
})

test('a few errored trials that change nothing are borne', () => {
  const { verdict } = gated(many(40, '5/5'), { ...many(39, '5/5'), t40: '4/4+1' })
  expect(verdict.decision).toBe('no-drop')
})

test('a few errored trials that would change the answer are not', () => {
  const drops = { ...many(36, '5/5'), ...many(3, '4/5', 37), t40: '4/4+1' }
  const { verdict } = gated(many(40, '5/5'), drops)
  expect(verdict).toMatchObject({ decision: 'infrastructure', exitCode: 4 })
  expect(verdict.reasons[0]).toBe(
    'Counting the errored trials as failures would turn "no-drop" into "regressed".',
  )
})

test('a strict gate does not bear errored trials that decide between no drop and no answer', () => {
  const base = { ...many(10, '5/5'), ...many(10, '3/5', 11) }
  const candidate = { ...many(10, '5/5'), ...many(9, '3/5', 11), t20: '2/3+2' }
  // A margin that the range just clears.
  const margin = 0.1 - 100 * (gated(base, candidate).difference?.lo ?? 0)
  expect(gated(base, candidate, { margin }).verdict.decision).toBe('no-drop')
  const strict = gated(base, candidate, { margin, strict: true }).verdict
  expect(strict.reasons[0]).toBe(
    'Counting the errored trials as failures would turn "no-drop" into "inconclusive".',
  )
  expect(strict.exitCode).toBe(4)
})

test('sides that differ in errored trials: infrastructure, also where the base has them', () => {
  const { verdict } = gated(many(20, '8/8+2'), many(20, '10/10'))
  expect(verdict.decision).toBe('infrastructure')
  expect(verdict.reasons[0]).toContain('The sides differ in how many trials errored')
})

test('a clear regression stays one, even if every errored trial had passed', () => {
  const { verdict } = gated(many(20, '5/5'), many(20, '1/4+1'))
  expect(verdict).toMatchObject({ decision: 'regressed', exitCode: 1 })
  expect(verdict.reasons.join(' ')).toContain('20 of 100 trials (20.0 %) of run r1 errored')
})

test('a regression that errored trials could undo is none', () => {
  const { verdict } = gated(many(20, '5/5'), { ...many(17, '5/5'), ...many(3, '0/1+4', 18) })
  expect(verdict).toMatchObject({ decision: 'infrastructure', exitCode: 4 })
})

test('nothing graded, in all or in a task, is infrastructure', () => {
  expect(gated(many(3, '5/5'), many(3, '0/0+5')).verdict).toMatchObject({
    decision: 'infrastructure',
    exitCode: 4,
    reasons: expect.arrayContaining(['Nothing was graded of run r1.']),
  })
  expect(gated(many(3, '5/5'), many(3, '0/0+5')).verdict.reasons.join(' ')).not.toContain('no task in common')
  const one = gated(many(20, '5/5'), { ...many(19, '5/5'), t20: '0/0' }).verdict
  expect(one).toMatchObject({ decision: 'infrastructure', exitCode: 4 })
  expect(one.reasons[0]).toBe('Nothing was graded of run r1 in t20.')
})
