import { expect, test } from 'vitest'
import type { ContextSight, Metered } from '../../model/model-call.ts'
import type { Attempt } from '../../model/trial.ts'
import { aMetered, anAttempt } from '../../testing/builders.ts'
import { proofOf } from './proof.ts'

const seen = (state: ContextSight['state'], change: Partial<ContextSight> = {}): ContextSight => ({
  kind: 'context',
  name: 'AGENTS.md',
  expected: true,
  from: null,
  state,
  call: state === 'missing' ? null : 1,
  ...change,
})
const trial = (context: ContextSight[], change: Partial<Metered> = {}): Attempt =>
  anAttempt({ metered: aMetered({ calls: 2, context, ...change }) })

test('context that always arrived is proven', () => {
  const proof = proofOf('guided', [trial([seen('arrived')]), trial([seen('arrived')])])
  expect(proof).toMatchObject({ verdict: 'proven', attempts: 2, reasons: [], notes: [] })
})

test('context that never arrived makes the setup invalid', () => {
  const proof = proofOf('guided', [trial([seen('missing')]), trial([seen('missing')])])
  expect(proof?.verdict).toBe('invalid')
  expect(proof?.reasons[0]).toMatch(/AGENTS.md of setup guided never reached the model, in none of 2 trials/)
})

test('context that was missing in one trial is told with the number', () => {
  const proof = proofOf('guided', [trial([seen('arrived')]), trial([seen('missing')])])
  expect(proof?.verdict).toBe('invalid')
  expect(proof?.reasons[0]).toMatch(/in 1 of 2 trials/)
})

test('a file in a folder may be read in some trials only', () => {
  const deep = { name: 'docs/dates.md' }
  const proof = proofOf('guided', [trial([seen('arrived', deep)]), trial([seen('missing', deep)])])
  expect(proof).toMatchObject({
    verdict: 'proven',
    notes: ['Context file docs/dates.md reached the model in 1 of 2 trials.'],
  })
})

test('a trial whose model never answered says nothing', () => {
  const proof = proofOf('guided', [trial([seen('arrived')]), trial([seen('missing')], { calls: 0 })])
  expect(proof).toMatchObject({ verdict: 'proven', attempts: 1 })
})

test('context of another setup contaminates, also where it is only listed', () => {
  const foreign = { kind: 'skill' as const, name: 'dates', expected: false, from: 'guided' }
  const proof = proofOf('bare', [trial([seen('listed', foreign)]), trial([seen('missing', foreign)])])
  expect(proof?.verdict).toBe('contaminated')
  expect(proof?.reasons[0]).toMatch(
    /Skill dates, which only setup guided has, reached the model of setup bare in 1 of 2/,
  )
})

test('a skill that was offered and never loaded is no fault, and is told', () => {
  const skill = { kind: 'skill' as const, name: 'dates' }
  const proof = proofOf('guided', [trial([seen('listed', skill)]), trial([seen('arrived', skill)])])
  expect(proof).toMatchObject({
    verdict: 'proven',
    notes: ['Skill dates was offered, and loaded in 1 of 2 trials.'],
  })
})

test('without a gateway, or without context, there is nothing to prove', () => {
  expect(proofOf('bare', [anAttempt()])).toBeNull()
  expect(proofOf('bare', [trial([])])).toBeNull()
  expect(proofOf('bare', [trial([seen('untellable')])])?.verdict).toBe('untold')
})
