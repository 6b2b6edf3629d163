import { InfraError } from '../errors.ts'
import type { HarnessInput, ModelAccess } from '../contracts.ts'
import type { ModelApi } from '../model/service.ts'
import { defineAgentCli, type Invocation } from './agent-cli.ts'
import type { AgentVersion } from './agent-version.ts'
import { knownServices, serviceInName, usualByName } from './known-services.ts'
import { isPartial, piParser } from './pi-stream.ts'

const apis = ['openai-chat', 'openai-responses', 'anthropic', 'gemini'] as const satisfies readonly ModelApi[]
/** As pi calls them. */
const apiNames: Record<ModelApi, string> = {
  'openai-chat': 'openai-completions',
  'openai-responses': 'openai-responses',
  anthropic: 'anthropic-messages',
  gemini: 'google-generative-ai',
}
/** Trying again is the gateway's business, which obeys what the service says of it and counts. */
const noRetries = { retry: { enabled: false, provider: { maxRetries: 0 } } }
const levels = ['off', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']
const keyVariable = 'AGENT_EVAL_MODEL_KEY'
/** Name of the service that models.json describes. */
const ownName = 'agent-eval'

/** The pi coding agent (npm: @mariozechner/pi-coding-agent, later @earendil-works/pi-coding-agent). */
export const pi = defineAgentCli({
  name: 'pi',
  program: 'pi',
  install: 'npm install -g @mariozechner/pi-coding-agent',
  description: 'the pi coding agent; any OpenAI-, Anthropic- or Gemini-compatible model service',
  layout: { instructions: 'AGENTS.md', skills: '.agents/skills' },
  supports: { model: true, effort: true, mcp: false },
  apis,
  usualService: (_, __, model) => usualByName(apis, model),
  readsAbove: ['AGENTS.md', 'AGENTS.MD', 'CLAUDE.md', 'CLAUDE.MD'],
  prepare,
  parse: piParser,
  isRepeated: isPartial,
})

/** No session is stored, nothing is loaded from the home, and the prompt comes by stdin: as an argument `@file` or `-p` would mean something else. */
function prepare(input: HarnessInput, version: AgentVersion): Invocation {
  const { model, effort, service, prompt } = input
  if (effort !== null && !levels.includes(effort)) {
    throw new InfraError(`pi knows no effort "${effort}": use one of ${levels.join(', ')}`)
  }
  const chosen = service ? throughService(input, service, version) : null
  return {
    args: [
      // Trusts the skills and settings of the project; without it they are not read.
      ...(version.since(0, 79) ? ['--approve'] : []),
      '--print',
      '--mode',
      'json',
      '--no-session',
      '--no-extensions',
      ...(chosen?.args ?? (model === null ? [] : ['--model', model])),
      ...(effort === null ? [] : ['--thinking', effort]),
    ],
    env: { PI_OFFLINE: '1', PI_TELEMETRY: '0', ...chosen?.env },
    homeFiles: chosen?.homeFiles ?? {},
    stdin: prompt,
  }
}

/** Tells pi of the service. A model that pi knows keeps what pi knows of it: only the address of its service changes. */
function throughService(
  { model, effort }: HarnessInput,
  { api, url, key }: ModelAccess,
  version: AgentVersion,
): Required<Pick<Invocation, 'args' | 'env' | 'homeFiles'>> {
  if (model === null) throw new InfraError('pi needs a model: add `model:` to the setup')
  const named = serviceInName(model)
  // A name such as `openai/gpt-5` may also be a name at a service that gathers many.
  const known = named && knownServices[named.service]?.api === api ? named.service : null
  // Before 0.77 the bare name of a variable.
  const apiKey = version.since(0, 77) ? `$${keyVariable}` : keyVariable
  const described = {
    baseUrl: api === 'gemini' ? `${url}/v1beta` : url,
    ...(known !== null && key === null ? {} : { apiKey }),
    ...(known === null
      ? { api: apiNames[api], models: [{ id: model, reasoning: effort !== null && effort !== 'off' }] }
      : {}),
  }
  return {
    args: known === null ? ['--provider', ownName, '--model', model] : ['--model', model],
    env: { [keyVariable]: key ?? 'none' },
    homeFiles: {
      '.pi/agent/models.json': jsonOf({ providers: { [known ?? ownName]: described } }),
      '.pi/agent/settings.json': jsonOf(noRetries),
    },
  }
}

function jsonOf(value: unknown): string {
  return JSON.stringify(value, null, 2)
}
