import { InfraError } from '../errors.ts'
import type { HarnessInput } from '../contracts.ts'
import type { McpServer } from '../model/suite.ts'
import { defineAgentCli, type Invocation } from './agent-cli.ts'
import { codexParser } from './codex-stream.ts'

/** Name of the service that the configuration describes, and of the variable with its key. */
const ownName = 'agent-eval'
const keyVariable = 'AGENT_EVAL_MODEL_KEY'

const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh']

/** What asks other hosts than its model's service, or differs from day to day. */
const featuresOff = ['apps', 'plugins', 'remote_plugin', 'enable_request_compression']

/** The Codex CLI (npm: @openai/codex). */
export const codex = defineAgentCli({
  name: 'codex',
  program: 'codex',
  install: 'npm install -g @openai/codex',
  description: "OpenAI's Codex CLI; any service with the Responses API",
  layout: { instructions: 'AGENTS.md', skills: '.agents/skills' },
  supports: { model: true, effort: true, mcp: true },
  apis: ['openai-responses'],
  usualService: () => ({
    url: 'https://api.openai.com/v1',
    api: 'openai-responses',
    keys: ['OPENAI_API_KEY', 'CODEX_API_KEY'],
  }),
  prepare,
  parse: codexParser,
})

/**
 * All of the configuration stands in a file: on the command line others could read the secrets of MCP servers. The prompt
 * comes by stdin, where it cannot be taken for an option. Its own sandbox is off: ours is around it.
 */
function prepare(input: HarnessInput): Invocation {
  const { model, effort, service, prompt, workspace, mcp, home, env } = input
  if (effort !== null && !efforts.includes(effort)) {
    throw new InfraError(`codex knows no effort "${effort}": use one of ${efforts.join(', ')}`)
  }
  const ownKey = env['CODEX_API_KEY'] ?? env['OPENAI_API_KEY']
  return {
    args: [
      'exec',
      '--json',
      '--ephemeral',
      '--skip-git-repo-check',
      '--dangerously-bypass-approvals-and-sandbox',
      '--cd',
      workspace,
      ...(model === null ? [] : ['--model', model]),
    ],
    lastArgs: ['-'],
    env: {
      CODEX_HOME: `${home}/.codex`,
      ...(service ? { [keyVariable]: service.key ?? 'none' } : ownKey ? { CODEX_API_KEY: ownKey } : {}),
    },
    homeFiles: { '.codex/config.toml': toToml(configOf({ effort, service, mcp })) },
    stdin: prompt,
  }
}

type Table = { [key: string]: string | number | boolean | readonly string[] | Table }

function configOf({ effort, service, mcp }: Pick<HarnessInput, 'effort' | 'service' | 'mcp'>): Table {
  return {
    check_for_update_on_startup: false,
    ...(effort === null ? {} : { model_reasoning_effort: effort }),
    ...(service ? { model_provider: ownName } : {}),
    analytics: { enabled: false },
    features: Object.fromEntries(featuresOff.map(name => [name, false])),
    ...(service
      ? {
          model_providers: {
            [ownName]: {
              name: ownName,
              base_url: service.url,
              env_key: keyVariable,
              wire_api: 'responses',
              // Trying again is the gateway's business; a stream that broke off can only be asked for anew from here.
              request_max_retries: 0,
              stream_max_retries: 1,
            },
          },
        }
      : {}),
    mcp_servers: Object.fromEntries(Object.entries(mcp).map(([name, server]) => [name, serverOf(server)])),
  }
}

function serverOf(server: McpServer): Table {
  if ('url' in server) return { url: server.url }
  const [command = '', ...args] = server.command
  return { command, args, env: server.env }
}

/** TOML: its texts, numbers and lists look as in JSON, and keys may be quoted. */
function toToml(table: Table, path: readonly string[] = []): string {
  const entries = Object.entries(table)
  const isTable = (value: Table[string]): value is Table => typeof value === 'object' && !Array.isArray(value)
  const lines = entries.flatMap(([key, value]) =>
    isTable(value) ? [] : [`${JSON.stringify(key)} = ${JSON.stringify(value)}`],
  )
  const header =
    path.length === 0 || lines.length === 0 ? [] : [`[${path.map(key => JSON.stringify(key)).join('.')}]`]
  const below = entries.flatMap(([key, value]) => (isTable(value) ? [toToml(value, [...path, key])] : []))
  return [...header, ...lines, ...below].join('\n')
}
