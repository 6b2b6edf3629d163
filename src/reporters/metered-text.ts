import type { ContextSight, Metered } from '../model/model-call.ts'
import type { Attempt } from '../model/trial.ts'
import type { Usage } from '../model/usage.ts'
import { count, formatCost, formatTokens } from './format.ts'
import { hiddenText } from './model-text.ts'
import { safeText } from './text.ts'

/** So many names of tools are told. */
const mostTools = 16

/** What the gateway saw of an attempt, by name; empty where the agent did not go through it. */
export function meteredFacts({ metered, claimed, usage, costUsd }: Attempt): [name: string, text: string][] {
  if (!metered) return []
  const { tools, context, replay, unpriced } = metered
  const more = tools.length > mostTools ? `, and ${tools.length - mostTools} more` : ''
  return [
    ['calls', callsText(metered)],
    ...(tools.length === 0
      ? []
      : [fact('tools', `${tools.slice(0, mostTools).map(safeText).join(', ')}${more}`)]),
    ...(unpriced.length === 0 ? [] : [fact('no price', unpriced.map(safeText).join(', '))]),
    ['agent says', claimedText(claimed, { usage, costUsd })],
    ...context.map((sight, i) => fact(i === 0 ? 'context' : '', sightText(sight))),
    ...(replay ? [fact('replay', replayText(replay))] : []),
  ]
}

function fact(name: string, text: string): [string, string] {
  return [name, text]
}

function callsText({ calls, failed, retries, models, hidden }: Metered): string {
  const parts = [
    `${calls} answered`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(retries > 0 ? [`${count(retries, 'retry').replace('retrys', 'retries')} by the gateway`] : []),
    ...(models.length > 0 ? [`by ${models.map(safeText).join(', ')}`] : []),
  ]
  const uncounted = hidden ? `; ${hiddenText(hidden.calls, [hidden.costUsd])}` : ''
  return `${parts.join(', ')}${uncounted}`
}

/** The agent's own numbers, and how far they are from ours. */
function claimedText(
  claimed: Attempt['claimed'],
  counted: { usage: Usage | null; costUsd: number | null },
): string {
  if (!claimed) return 'nothing of its usage'
  const tokens = classes.flatMap(([key, name]) => {
    const said = claimed.usage?.[key] ?? null
    if (said === null) return []
    const ours = counted.usage?.[key] ?? null
    const difference = ours === null || ours === said ? '' : ` (${signed(said - ours)})`
    return [`${formatTokens(said)} ${name}${difference}`]
  })
  const cost =
    claimed.costUsd === null
      ? []
      : [
          `${formatCost(claimed.costUsd)}${counted.costUsd !== null && Math.abs(claimed.costUsd - counted.costUsd) >= 0.005 ? ` (we: ${formatCost(counted.costUsd)})` : ''}`,
        ]
  return [...tokens, ...cost].join(', ')
}

const classes = [
  ['inputTokens', 'in'],
  ['cacheReadTokens', 'from cache'],
  ['cacheWriteTokens', 'to cache'],
  ['outputTokens', 'out'],
] as const

function signed(number: number): string {
  return number > 0 ? `+${number}` : String(number)
}

function sightText({ kind, name, expected, from, state, call }: ContextSight): string {
  const what = `${kind === 'skill' ? 'skill ' : ''}${safeText(name)}${expected ? '' : ` of setup ${safeText(from ?? 'another')}`}`
  const at = call === null ? '' : ` (call ${call})`
  const words = {
    arrived: expected ? 'reached the model' : 'REACHED THE MODEL',
    partly: expected ? 'reached the model in part' : 'REACHED THE MODEL IN PART',
    listed: expected ? 'was offered, its body was not loaded' : 'WAS OFFERED',
    missing: expected ? 'DID NOT REACH THE MODEL' : 'did not reach the model, as it should',
    untellable: 'has no text of its own by which it could be recognised',
  }[state]
  return `${what} ${words}${at}`
}

function replayText({ mode, diverged, unused }: NonNullable<Metered['replay']>): string {
  const course = diverged ? `diverged at call ${diverged.call}: ${safeText(diverged.why)}` : 'as recorded'
  return `${mode}, ${course}${unused > 0 ? `; ${count(unused, 'recorded call')} never asked for` : ''}`
}
