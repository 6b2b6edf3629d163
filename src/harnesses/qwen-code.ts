import { join } from 'node:path'
import type { HarnessInput, ModelAccess } from '../contracts.ts'
import type { McpServer } from '../model/suite.ts'
import type { ModelApi } from '../model/service.ts'
import { defineAgentCli, type Invocation } from './agent-cli.ts'
import { qwenParser } from './qwen-stream.ts'

/** It speaks Gemini's, too, but then leaves reasoning out of its counts, and does not tell how much that was. */
const apis = ['openai-chat', 'openai-responses', 'anthropic'] as const satisfies readonly ModelApi[]
/** As it calls them, with the variables that hold address and key. */
const ways: Record<ModelApi, { type: string; url: string; key: string }> = {
  'openai-chat': { type: 'openai', url: 'OPENAI_BASE_URL', key: 'OPENAI_API_KEY' },
  'openai-responses': { type: 'openai-responses', url: 'OPENAI_BASE_URL', key: 'OPENAI_API_KEY' },
  gemini: { type: 'gemini', url: 'GOOGLE_GEMINI_BASE_URL', key: 'GEMINI_API_KEY' },
  anthropic: { type: 'anthropic', url: 'ANTHROPIC_BASE_URL', key: 'ANTHROPIC_API_KEY' },
}
const mcpFile = 'mcp.json'

/** Qwen Code (npm: @qwen-code/qwen-code). */
export const qwenCode = defineAgentCli({
  name: 'Qwen Code',
  program: 'qwen',
  install: 'npm install -g @qwen-code/qwen-code',
  description: 'Qwen Code; OpenAI- and Anthropic-compatible services',
  readsAbove: ['AGENTS.md', 'QWEN.md'],
  layout: { instructions: 'AGENTS.md', skills: '.agents/skills' },
  supports: { model: true, effort: false, mcp: true },
  apis,
  usualService(_, env) {
    const url = env['OPENAI_BASE_URL']
    return url === undefined ? null : { url, api: 'openai-chat', keys: ['OPENAI_API_KEY'] }
  },
  prepare,
  parse: qwenParser,
})

/** The prompt comes by stdin, where it is neither an option nor a command. */
function prepare(input: HarnessInput): Invocation {
  const { model, service, limits, mcp, home, prompt } = input
  const { maxTurns } = limits
  return {
    args: [
      '--yolo',
      '--output-format',
      'stream-json',
      '--chat-recording=false',
      ...(service ? ['--auth-type', ways[service.api].type] : []),
      ...(model === null ? [] : ['--model', model]),
      ...(Object.keys(mcp).length > 0 ? ['--mcp-config', join(home, mcpFile)] : []),
      // The gateway sees to it, where there is one.
      ...(service === null && maxTurns !== null ? ['--max-session-turns', String(maxTurns)] : []),
    ],
    env: { QWEN_CODE_SUPPRESS_YOLO_WARNING: '1', ...(service ? access(service) : {}) },
    homeFiles: {
      '.qwen/settings.json': JSON.stringify(settings, null, 2),
      [mcpFile]: JSON.stringify({ mcpServers: serversOf(mcp) }, null, 2),
    },
    stdin: prompt,
  }
}

const settings = {
  privacy: { usageStatisticsEnabled: false },
  telemetry: { enabled: false },
  general: { enableAutoUpdate: false },
  // Another agent that reads the whole session again to keep memories, which nobody would come to read.
  memory: { enableManagedAutoMemory: false, enableManagedAutoDream: false },
}

function access({ api, url, key }: ModelAccess): Record<string, string> {
  const way = ways[api]
  return { [way.url]: url, [way.key]: key ?? 'none' }
}

function serversOf(mcp: Record<string, McpServer>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(mcp).map(([name, server]) => {
      if ('url' in server) return [name, { httpUrl: server.url }]
      const [command, ...args] = server.command
      return [name, { command, args, env: server.env }]
    }),
  )
}
