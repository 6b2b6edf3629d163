import type { ModelApi } from '../../model/service.ts'
import { anthropic } from './anthropic.ts'
import { gemini } from './gemini.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiResponses } from './openai-responses.ts'
import type { Wire } from './wire.ts'

/** All that the gateway can read. */
export const wires = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  anthropic,
  gemini,
} satisfies Record<ModelApi, Wire>

/** The wire of a request by its path, whatever the service is said to speak: many speak several. Null if it asks no model. */
export function wireOf(method: string, path: string): Wire | null {
  if (method !== 'POST') return null
  const [place = ''] = path.split('?', 1)
  return Object.values(wires).find(wire => wire.asks(place)) ?? null
}
