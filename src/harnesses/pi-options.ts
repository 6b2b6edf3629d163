import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { InfraError } from '../errors.ts'
import type { HarnessInput } from '../contracts.ts'
import type { PiVersion } from './pi-version.ts'

/** A model service as pi's models.json describes it. */
export const PiProvider = z.strictObject({
  /** With `/v1` for the two OpenAI kinds, without it for Anthropic's. */
  baseUrl: z.url(),
  api: z.enum(['openai-completions', 'openai-responses', 'anthropic-messages']),
  /** Name of the variable that holds the key; the setup has to pass it. Left out for a service without keys. */
  apiKeyEnv: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
    .optional(),
})
export type PiProvider = z.infer<typeof PiProvider>

const providerName = 'agent-eval'
const levels = ['off', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** Where pi looks for its settings. */
export function agentFolder(home: string): string {
  return join(home, '.pi', 'agent')
}

/** Arguments for one attempt: no session is stored, nothing is loaded from the home, the prompt comes by stdin. */
export function piArguments(
  provider: PiProvider | undefined,
  more: readonly string[],
  { model, effort }: HarnessInput,
  version: PiVersion,
): string[] {
  if (effort !== null && !levels.includes(effort)) {
    throw new InfraError(`pi knows no effort "${effort}": use one of ${levels.join(', ')}`)
  }
  return [
    ...(version.hasApprove ? ['--approve'] : []),
    '--print',
    '--mode',
    'json',
    '--no-session',
    '--no-extensions',
    ...(provider ? ['--provider', providerName] : []),
    ...(model === null ? [] : ['--model', model]),
    ...(effort === null ? [] : ['--thinking', effort]),
    ...more,
  ]
}

/** Tells pi of the service and the model. The key itself stays in the environment. */
export async function writeModels(
  { baseUrl, api, apiKeyEnv }: PiProvider,
  { model, effort, env, home }: HarnessInput,
  version: PiVersion,
): Promise<void> {
  if (model === null)
    throw new InfraError('pi needs a model where it is given a provider: add `model:` to the setup')
  if (apiKeyEnv !== undefined && !env[apiKeyEnv]) {
    throw new InfraError(
      `pi's provider takes its key from ${apiKeyEnv}, which it does not get: add env: [${apiKeyEnv}] to the setup`,
    )
  }
  const key = apiKeyEnv === undefined ? 'none' : version.hasDollarNames ? `$${apiKeyEnv}` : apiKeyEnv
  const models = [{ id: model, reasoning: effort !== null && effort !== 'off' }]
  const folder = agentFolder(home)
  await mkdir(folder, { recursive: true })
  const content = { providers: { [providerName]: { baseUrl, api, apiKey: key, models } } }
  await writeFile(join(folder, 'models.json'), JSON.stringify(content, null, 2))
}
