import type { RuleChange, Rules } from '../model/rules.ts'
import { fingerprint } from './fingerprint.ts'
import type { Problem } from './problem.ts'
import { count, plural, someOf } from './words.ts'

/** A change that no comparison could be trusted with until somebody has agreed to it. */
export function needsApproval({ change, approved }: RuleChange): boolean {
  return change !== 'added' && !approved
}

/** Names exactly these changes: it approves all of them, and nothing that is changed later. 32 hexadecimal digits. */
export function digestOf(changes: readonly Pick<RuleChange, 'item' | 'fingerprint'>[]): string {
  return fingerprint(changes.map(change => [change.item, change.fingerprint])).slice(0, 32)
}

/** Marks the changes that were approved, by their item or all by their digest; `unknown` are the words that fit nothing. */
export function approve(
  changes: readonly Omit<RuleChange, 'approved'>[],
  approvals: readonly string[],
): { changes: RuleChange[]; unknown: string[] } {
  const digest = digestOf(changes)
  const items = new Set(changes.map(({ item }) => item))
  const all = changes.length > 0 && approvals.includes(digest)
  return {
    changes: changes.map(change => ({ ...change, approved: all || approvals.includes(change.item) })),
    unknown: approvals.filter(word => !items.has(word) && !(all && word === digest)),
  }
}

/** What keeps a gate from being green: changes of its own rules that nobody has approved. */
export function approvalProblems({ base, changes }: Rules): Problem[] {
  const open = changes.filter(needsApproval).map(({ item }) => item)
  if (open.length === 0) return []
  const what = `${count(open.length, 'change')} of the gate's own rules ${plural(open.length, 'needs', 'need')} approval`
  return [
    {
      decision: 'needs-approval',
      reason: `${what}: ${someOf(open)}. Until then the rules of ${base.name} hold: take the change back, or let a maintainer approve it (--approve).`,
    },
  ]
}
