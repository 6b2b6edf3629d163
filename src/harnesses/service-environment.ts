import type { ModelAccess } from '../contracts.ts'
import type { ModelApi } from '../model/service.ts'

const openai = { url: 'OPENAI_BASE_URL', key: 'OPENAI_API_KEY' }
const names: Record<ModelApi, { url: string; key: string }> = {
  'openai-chat': openai,
  'openai-responses': openai,
  anthropic: { url: 'ANTHROPIC_BASE_URL', key: 'ANTHROPIC_API_KEY' },
  gemini: { url: 'GOOGLE_GEMINI_BASE_URL', key: 'GEMINI_API_KEY' },
}

/** The variables by which most programs find a model service of a kind, and those by which every program can. */
export function serviceEnvironment({ api, url, key }: ModelAccess): Record<string, string> {
  const usual = names[api]
  return {
    AGENT_EVAL_MODEL_API: api,
    AGENT_EVAL_MODEL_URL: url,
    [usual.url]: url,
    ...(key === null ? {} : { AGENT_EVAL_MODEL_KEY: key, [usual.key]: key }),
  }
}
