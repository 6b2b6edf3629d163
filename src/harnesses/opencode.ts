import { InfraError } from '../errors.ts'
import type { HarnessInput, ModelAccess } from '../contracts.ts'
import type { McpServer } from '../model/suite.ts'
import type { ModelApi } from '../model/service.ts'
import { defineAgentCli, type AgentEnd, type Invocation } from './agent-cli.ts'
import type { AgentReport } from './agent-report.ts'
import { knownServices, serviceInName, usualByName } from './known-services.ts'
import { lastLogged, opencodeParser } from './opencode-stream.ts'

const apis = ['openai-chat', 'openai-responses', 'anthropic', 'gemini'] as const satisfies readonly ModelApi[]
/** The packages by which it speaks to services (it has them built in), and what they want after a service's address. */
const packages: Record<ModelApi, { npm: string; path: string }> = {
  'openai-chat': { npm: '@ai-sdk/openai-compatible', path: '' },
  'openai-responses': { npm: '@ai-sdk/openai', path: '' },
  anthropic: { npm: '@ai-sdk/anthropic', path: '/v1' },
  gemini: { npm: '@ai-sdk/google', path: '/v1beta' },
}
/** Name of a service that opencode does not know. */
const ownName = 'agent-eval'
/** Of a model that opencode does not know; without them it asks for a negative number of tokens to think. */
const unknownLimits = { context: 200_000, output: 32_000 }

/** The opencode agent (npm: opencode-ai). */
export const opencode = defineAgentCli({
  name: 'opencode',
  program: 'opencode',
  install: 'npm install -g opencode-ai',
  description: 'the opencode agent; services of all four APIs',
  layout: { instructions: 'AGENTS.md', skills: '.agents/skills' },
  supports: { model: true, effort: true, mcp: true },
  apis,
  usualService: (_, __, model) => usualByName(apis, model),
  prepare,
  parse: opencodeParser,
  finish,
})

/** The prompt comes by stdin: as an argument it might be taken for an option. With a title none is asked of a model. */
function prepare(input: HarnessInput): Invocation {
  const { model, effort, service, mcp, prompt } = input
  const chosen = service ? throughService(input, service) : { model, provider: {} }
  const config = {
    autoupdate: false,
    share: 'disabled',
    // Titles and summaries are asked of the same model, for which there is a key.
    ...(chosen.model === null ? {} : { model: chosen.model, small_model: chosen.model }),
    ...(service ? { provider: chosen.provider } : {}),
    ...(Object.keys(mcp).length > 0 ? { mcp: serversOf(mcp) } : {}),
  }
  return {
    args: [
      'run',
      '--format',
      'json',
      '--thinking',
      '--auto',
      '--title',
      'agent-eval',
      // It tells of failed calls only when it has given up.
      '--print-logs',
      '--log-level',
      'ERROR',
      ...(chosen.model === null ? [] : ['--model', chosen.model]),
      ...(effort === null ? [] : ['--variant', effort]),
    ],
    env: {
      OPENCODE_CONFIG_CONTENT: JSON.stringify(config),
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
      OPENCODE_DISABLE_SHARE: '1',
    },
    homeFiles: installed,
    stdin: prompt,
  }
}

/** As if what plugins need were there: else it fetches that from npm's registry in each new HOME, for which there is no switch. */
const installed = {
  '.config/opencode/node_modules/.keep': '',
  '.config/opencode/package-lock.json': JSON.stringify({
    packages: { '': { dependencies: { '@opencode-ai/plugin': '*' } } },
  }),
}

/** Of a model that opencode knows it keeps what it knows: only the address of its service changes. */
function throughService(
  { model, effort }: HarnessInput,
  { api, url, key }: ModelAccess,
): { model: string; provider: Record<string, unknown> } {
  if (model === null) throw new InfraError('opencode needs a model: add `model:` to the setup')
  const named = serviceInName(model)
  // A name such as `openai/gpt-5` may also be a name at a service that gathers many.
  const known = named && knownServices[named.service]?.api === api ? named : null
  const { service: name, model: id } = known ?? { service: ownName, model }
  const { npm, path } = packages[api]
  const described = {
    ...(known ? {} : { name: id, limit: unknownLimits }),
    ...(effort === null ? {} : { reasoning: true }),
  }
  return {
    model: `${name}/${id}`,
    provider: {
      [name]: {
        ...(known ? {} : { npm }),
        options: {
          baseURL: url + path,
          ...(known && key === null ? {} : { apiKey: key ?? 'none' }),
        },
        models: { [id]: described },
      },
    },
  }
}

function serversOf(mcp: Record<string, McpServer>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(mcp).map(([name, server]) => [
      name,
      'url' in server
        ? { type: 'remote', url: server.url }
        : { type: 'local', command: server.command, environment: server.env },
    ]),
  )
}

/** It tries again for minutes without a word in its events: what it was at when its time was over stands in its log. */
function finish(report: AgentReport, { result, errors }: AgentEnd): void {
  if (result.end !== 'timeout' || report.error !== null) return
  const failed = lastLogged(errors)
  if (failed === null) return
  const lastEventMs = report.transcript.at(-1)?.atMs ?? 0
  const failedMs = result.durationMs - (Date.now() - failed.at)
  if (failedMs > lastEventMs) report.error = `service unavailable: ${failed.message}`
}
