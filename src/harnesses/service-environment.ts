import type { ModelAccess } from '../contracts.ts'

/** The variables by which most programs find a model service of a kind, and by which every program can. */
export function serviceEnvironment({ api, url, key }: ModelAccess): Record<string, string> {
  const own = {
    AGENT_EVAL_MODEL_API: api,
    AGENT_EVAL_MODEL_URL: url,
    ...(key === null ? {} : { AGENT_EVAL_MODEL_KEY: key }),
  }
  const [address, secret] = {
    'openai-chat': ['OPENAI_BASE_URL', 'OPENAI_API_KEY'],
    'openai-responses': ['OPENAI_BASE_URL', 'OPENAI_API_KEY'],
    anthropic: ['ANTHROPIC_BASE_URL', 'ANTHROPIC_API_KEY'],
    gemini: ['GOOGLE_GEMINI_BASE_URL', 'GEMINI_API_KEY'],
  }[api] as [string, string]
  return { ...own, [address]: url, ...(key === null ? {} : { [secret]: key }) }
}
