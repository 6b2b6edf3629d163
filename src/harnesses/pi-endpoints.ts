import { authorityOf } from '../util/destination.ts'
import type { PiProvider } from './pi-options.ts'

/** Of the services that pi knows by itself: where they are, and the variables that may hold the key, without which pi cannot use them. */
const services: Record<string, { keys: string[]; url: string }> = {
  anthropic: { keys: ['ANTHROPIC_API_KEY', 'ANTHROPIC_OAUTH_TOKEN'], url: 'https://api.anthropic.com' },
  cerebras: { keys: ['CEREBRAS_API_KEY'], url: 'https://api.cerebras.ai' },
  deepseek: { keys: ['DEEPSEEK_API_KEY'], url: 'https://api.deepseek.com' },
  fireworks: { keys: ['FIREWORKS_API_KEY'], url: 'https://api.fireworks.ai' },
  google: { keys: ['GEMINI_API_KEY'], url: 'https://generativelanguage.googleapis.com' },
  groq: { keys: ['GROQ_API_KEY'], url: 'https://api.groq.com' },
  huggingface: { keys: ['HF_TOKEN'], url: 'https://router.huggingface.co' },
  mistral: { keys: ['MISTRAL_API_KEY'], url: 'https://api.mistral.ai' },
  openai: { keys: ['OPENAI_API_KEY'], url: 'https://api.openai.com' },
  openrouter: { keys: ['OPENROUTER_API_KEY'], url: 'https://openrouter.ai' },
  xai: { keys: ['XAI_API_KEY'], url: 'https://api.x.ai' },
  zai: { keys: ['ZAI_API_KEY'], url: 'https://api.z.ai' },
}

/**
 * Where pi's model is: at its provider, else at the service that the model names (`anthropic/…`), else at any whose key pi
 * gets. Null where none of these tells.
 */
export function piEndpoints(
  { provider, args }: { provider?: PiProvider | undefined; args: readonly string[] },
  env: Readonly<Record<string, string>>,
  model: string | null,
): string[] | null {
  // They may name another one.
  if (args.some(arg => arg === '--provider' || arg === '--model' || arg === '--models')) return null
  const named = (model ?? '').split('/')[0] ?? ''
  const urls = provider
    ? [provider.baseUrl]
    : Object.hasOwn(services, named)
      ? [services[named]?.url ?? '']
      : Object.values(services).flatMap(({ keys, url }) =>
          keys.some(key => Object.hasOwn(env, key)) ? [url] : [],
        )
  const places = urls.flatMap(url => authorityOf(url) ?? [])
  return places.length === 0 ? null : places
}
