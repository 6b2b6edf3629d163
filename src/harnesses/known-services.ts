import type { UsualService } from '../contracts.ts'
import type { ModelApi } from '../model/service.ts'

/** A model service by the name that agents and models give it. */
interface KnownService {
  url: string
  api: ModelApi
  keys: readonly string[]
}

/** The services that more than one agent knows by itself, with the variables that may hold the key. */
export const knownServices: Readonly<Record<string, KnownService>> = {
  anthropic: { url: 'https://api.anthropic.com', api: 'anthropic', keys: ['ANTHROPIC_API_KEY'] },
  openai: { url: 'https://api.openai.com/v1', api: 'openai-responses', keys: ['OPENAI_API_KEY'] },
  google: {
    url: 'https://generativelanguage.googleapis.com',
    api: 'gemini',
    keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  },
  cerebras: { url: 'https://api.cerebras.ai/v1', api: 'openai-chat', keys: ['CEREBRAS_API_KEY'] },
  deepseek: { url: 'https://api.deepseek.com', api: 'openai-chat', keys: ['DEEPSEEK_API_KEY'] },
  fireworks: {
    url: 'https://api.fireworks.ai/inference/v1',
    api: 'openai-chat',
    keys: ['FIREWORKS_API_KEY'],
  },
  groq: { url: 'https://api.groq.com/openai/v1', api: 'openai-chat', keys: ['GROQ_API_KEY'] },
  huggingface: { url: 'https://router.huggingface.co/v1', api: 'openai-chat', keys: ['HF_TOKEN'] },
  mistral: { url: 'https://api.mistral.ai/v1', api: 'openai-chat', keys: ['MISTRAL_API_KEY'] },
  openrouter: { url: 'https://openrouter.ai/api/v1', api: 'openai-chat', keys: ['OPENROUTER_API_KEY'] },
  xai: { url: 'https://api.x.ai/v1', api: 'openai-chat', keys: ['XAI_API_KEY'] },
  zai: { url: 'https://api.z.ai/api/paas/v4', api: 'openai-chat', keys: ['ZAI_API_KEY'] },
}

/** The service that a model's name begins with, as in `anthropic/claude-…`, and the rest of the name; null if none. */
export function serviceInName(model: string | null): { service: string; model: string } | null {
  const slash = model?.indexOf('/') ?? -1
  if (model === null || slash < 0) return null
  const service = model.slice(0, slash)
  return Object.hasOwn(knownServices, service) ? { service, model: model.slice(slash + 1) } : null
}

/** The service that a model's name begins with, if an agent speaks what that speaks. */
export function usualByName(apis: readonly ModelApi[], model: string | null): UsualService | null {
  const known = knownServices[serviceInName(model)?.service ?? '']
  return known && apis.includes(known.api) ? known : null
}
