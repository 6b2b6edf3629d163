import type { ContextItem, ContextProof } from '../../model/context-proof.ts'
import type { ContextSight } from '../../model/model-call.ts'
import type { Attempt } from '../../model/trial.ts'
import { count, when } from '../words.ts'

const states = ['arrived', 'partly', 'listed', 'missing', 'untellable'] as const

/**
 * Whether the context of a setup reached its model, over all of its attempts. Null where there was nothing to look for, or
 * nobody who could see. An attempt without an answered model call tells nothing.
 */
export function proofOf(setup: string, attempts: readonly Attempt[]): ContextProof | null {
  const seen = attempts.flatMap(({ metered }) => (metered && metered.calls > 0 ? [metered.context] : []))
  const items = itemsOf(seen.flat())
  if (items.length === 0) return null
  const unexpected = items.filter(({ expected }) => !expected)
  const invalid = items.filter(({ expected }) => expected).flatMap(item => whyInvalid(item, setup))
  const contaminated = unexpected.flatMap(item => whyContaminated(item, setup))
  const isTold = items.some(item => toldOf(item) > 0)
  return {
    verdict:
      invalid.length > 0
        ? 'invalid'
        : contaminated.length > 0
          ? 'contaminated'
          : isTold
            ? 'proven'
            : 'untold',
    attempts: seen.length,
    items,
    reasons: [...invalid, ...contaminated],
    notes: items.filter(({ expected }) => expected).flatMap(item => notesOn(item)),
  }
}

/** Why the numbers of a setup are not those of the setup; empty if nothing speaks against them. */
export function doubtsOf(setup: string, attempts: readonly Attempt[]): string[] {
  return proofOf(setup, attempts)?.reasons ?? []
}

function itemsOf(sights: readonly ContextSight[]): ContextItem[] {
  const items = new Map<string, ContextItem>()
  for (const { kind, name, expected, from, state } of sights) {
    const key = JSON.stringify([kind, name, expected, from])
    const none = { arrived: 0, partly: 0, listed: 0, missing: 0, untellable: 0 }
    const item = items.get(key) ?? { kind, name, expected, from, ...none }
    items.set(key, { ...item, [state]: item[state] + 1 })
  }
  return [...items.values()]
}

function whyInvalid(item: ContextItem, setup: string): string[] {
  const told = toldOf(item)
  const next = 'So this setup was not measured: see where its agent looks for such files (agent-eval show).'
  if (told === 0 || item.missing === 0) return []
  if (item.missing === told)
    return [
      `${what(item)} of setup ${setup} never reached the model, in none of ${count(told, 'trial')}. ${next}`,
    ]
  // What stands deeper may be read only where the agent comes by.
  if (item.name.includes('/')) return []
  return [
    `${what(item)} of setup ${setup} did not reach the model in ${item.missing} of ${count(told, 'trial')}. ${next}`,
  ]
}

function whyContaminated(item: ContextItem, setup: string): string[] {
  const seen = item.arrived + item.partly + item.listed
  return when(
    seen > 0,
    `${what(item)}, which only setup ${item.from ?? 'another'} has, reached the model of setup ${setup} in ${seen} of ${count(toldOf(item), 'trial')}. So the two cannot be compared: find out how it got there (agent-eval show tells the call).`,
  )
}

function notesOn(item: ContextItem): string[] {
  const told = toldOf(item)
  const name = what(item)
  if (told === 0) return [`${name} has no text of its own by which it could be recognised.`]
  const deep = item.name.includes('/') && item.missing > 0 && item.missing < told
  return [
    ...when(
      item.partly > 0,
      `Of ${name} only a part reached the model in ${item.partly} of ${count(told, 'trial')}.`,
    ),
    ...when(deep, `${name} reached the model in ${told - item.missing} of ${count(told, 'trial')}.`),
    ...when(
      item.kind === 'skill' && item.listed > 0,
      `${name} was offered, and loaded in ${item.arrived + item.partly} of ${count(told, 'trial')}.`,
    ),
  ]
}

/** Attempts in which it could be told. */
function toldOf(item: ContextItem): number {
  return states.reduce((sum, state) => sum + item[state], 0) - item.untellable
}

function what({ kind, name }: ContextItem): string {
  return kind === 'skill' ? `Skill ${name}` : `Context file ${name}`
}
