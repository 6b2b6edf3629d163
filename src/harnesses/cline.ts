import { InfraError } from '../errors.ts'
import type { HarnessInput, ModelAccess } from '../contracts.ts'
import type { McpServer } from '../model/suite.ts'
import type { ModelApi } from '../model/service.ts'
import { defineAgentCli, type Invocation } from './agent-cli.ts'
import { clineParser } from './cline-stream.ts'

const apis = ['openai-chat'] as const satisfies readonly ModelApi[]
const levels = ['none', 'low', 'medium', 'high', 'xhigh']
const service = 'openai-compatible'
const settings = '.cline/data/settings'
/** Systems refuse a single argument above 128 KiB. */
const longestPromptBytes = 120 * 1024

/** The Cline agent's command line (npm: cline). */
export const cline = defineAgentCli({
  name: 'Cline',
  program: 'cline',
  install: 'npm install -g cline',
  description: 'the Cline agent; OpenAI-compatible services (Chat Completions)',
  layout: { instructions: 'AGENTS.md', skills: '.agents/skills' },
  supports: { model: true, effort: true, mcp: true },
  apis,
  prepare,
  parse: clineParser,
  // Each bit of a text repeats all bits before it.
  isRepeated: line => /"type":"content_start","contentType":"(text|reasoning)"/.test(line.slice(0, 120)),
})

function prepare(input: HarnessInput): Invocation {
  const { model, effort, mcp, prompt, service: access } = input
  if (effort !== null && !levels.includes(effort)) {
    throw new InfraError(`Cline knows no effort "${effort}": use one of ${levels.join(', ')}`)
  }
  if (Buffer.byteLength(prompt) > longestPromptBytes) {
    throw new InfraError(`Cline takes its prompt as an argument: at most ${longestPromptBytes} bytes`)
  }
  if (access && model === null) throw new InfraError('Cline needs a model: add `model:` to the setup')
  return {
    args: [
      '--json',
      ...(access ? ['--provider', service] : []),
      ...(model === null ? [] : ['--model', model]),
      ...(effort === null ? [] : ['--thinking', effort]),
    ],
    // By the space a single word is no unknown command.
    lastArgs: ['--', `${prompt} `],
    env: {
      // Else a daemon would stay behind.
      CLINE_SESSION_BACKEND_MODE: 'local',
      DO_NOT_TRACK: '1',
      DISABLE_TELEMETRY: '1',
    },
    homeFiles: {
      ...(access ? { [`${settings}/providers.json`]: json(login(access, model)) } : {}),
      [`${settings}/cline_mcp_settings.json`]: json({ mcpServers: serversOf(mcp) }),
    },
  }
}

/** What `cline auth` would write. */
function login({ url, key }: ModelAccess, model: string | null): unknown {
  const entry = { provider: service, apiKey: key ?? 'none', model, baseUrl: url }
  return {
    version: 1,
    lastUsedProvider: service,
    modes: {},
    providers: {
      [service]: { settings: entry, updatedAt: '2026-01-01T00:00:00.000Z', tokenSource: 'manual' },
    },
  }
}

function serversOf(mcp: Record<string, McpServer>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(mcp).map(([name, server]) => {
      if ('url' in server) return [name, { type: 'streamableHttp', url: server.url }]
      const [command, ...args] = server.command
      return [name, { type: 'stdio', command, args, env: server.env }]
    }),
  )
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2)
}
