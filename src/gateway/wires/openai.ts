import { z } from 'zod'
import { text } from './loose.ts'
import type { Told } from './wire.ts'

/** What both APIs of OpenAI share. */

const Problem = z.looseObject({
  message: text,
  code: z.union([z.string(), z.number()]).nullish().catch(null),
  type: text,
})

export function openaiError(value: unknown): Told['error'] {
  if (typeof value === 'string' && value !== '') return { kind: '', message: value }
  const { data } = Problem.safeParse(value)
  if (!data) return null
  const kind = String(data.code ?? data.type ?? '')
  return { kind, message: data.message ?? (kind || 'an error without a word') }
}

export function openaiRefusal(message: string): unknown {
  return { error: { message, type: 'invalid_request_error', param: null, code: 'agent_eval_limit' } }
}

const usualTiers = ['default', 'auto', 'standard', 'on_demand', 'scale']

/** The tier of an answer, if it has other prices than those that are known. */
export function specialTier(tier: string | null | undefined): string | null {
  return tier && !usualTiers.includes(tier) ? tier : null
}
