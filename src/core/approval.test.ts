import { expect, test } from 'vitest'
import type { RuleChange } from '../model/rules.ts'
import { approvalProblems, approve, digestOf } from './approval.ts'

const change = (item: string, kind: RuleChange['change'] = 'changed', fingerprint = 'f') => ({
  item,
  change: kind,
  details: [],
  fingerprint,
})
const found = [change('task:a'), change('margin'), change('task:new', 'added')]
const rules = (changes: RuleChange[]) => ({
  base: { name: 'origin/main', commit: 'c'.repeat(40) },
  underTest: [],
  changes,
})
const itemsOf = (changes: RuleChange[]): string[] =>
  changes.filter(({ approved }) => approved).map(({ item }) => item)

test('items are approved one by one; words that fit nothing are told', () => {
  const { changes, unknown } = approve(found, ['margin', 'task', 'Margin'])
  expect(itemsOf(changes)).toEqual(['margin'])
  expect(unknown).toEqual(['task', 'Margin'])
})

test('the digest approves all, until anything of it changes', () => {
  const digest = digestOf(found)
  expect(digest).toMatch(/^[0-9a-f]{32}$/)
  expect(itemsOf(approve(found, [digest]).changes)).toEqual(['task:a', 'margin', 'task:new'])
  const later = [change('task:a', 'changed', 'g'), ...found.slice(1)]
  expect(approve(later, [digest])).toMatchObject({ unknown: [digest] })
  expect(itemsOf(approve(later, [digest]).changes)).toEqual([])
  expect(itemsOf(approve([...found, change('trials')], [digest]).changes)).toEqual([])
  expect(approve([], [digestOf([])])).toEqual({ changes: [], unknown: [digestOf([])] })
})

test('what is changed or removed keeps a gate from green until it is approved; what is added does not', () => {
  expect(approvalProblems(rules(approve(found, []).changes))).toEqual([
    {
      decision: 'needs-approval',
      reason:
        "2 changes of the gate's own rules need approval: task:a, margin. Until then the rules of origin/main hold: " +
        'take the change back, or let a maintainer approve it (--approve).',
    },
  ])
  expect(approvalProblems(rules(approve(found, ['task:a', 'margin']).changes))).toEqual([])
})
