import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InfraError } from '../errors.ts'
import type { HarnessInput, ModelAccess } from '../contracts.ts'
import type { McpServer } from '../model/suite.ts'
import type { ModelApi } from '../model/service.ts'
import { parseJson } from '../util/json.ts'
import { defineAgentCli, type AgentEnd, type Invocation } from './agent-cli.ts'
import type { AgentReport } from './agent-report.ts'
import { copilotParser, isRepeated, readCopilotUsage } from './copilot-stream.ts'

const apis = ['openai-chat', 'openai-responses', 'anthropic'] as const satisfies readonly ModelApi[]
const levels = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']
const mcpFile = 'mcp.json'
const usageFile = 'usage.json'

/** GitHub's Copilot CLI (npm: @github/copilot), with a model service of one's own or, at `service: direct`, GitHub's. */
export const copilot = defineAgentCli({
  name: 'Copilot',
  program: 'copilot',
  install: 'npm install -g @github/copilot',
  description: "GitHub's Copilot CLI; OpenAI- and Anthropic-compatible services, without a login",
  layout: { instructions: 'AGENTS.md', skills: '.agents/skills' },
  supports: { model: true, effort: true, mcp: true },
  apis,
  prepare,
  parse: copilotParser,
  isRepeated,
  finish,
})

/** The prompt comes by stdin: as an argument it might be taken for an option. */
function prepare(input: HarnessInput): Invocation {
  const { model, effort, service, mcp, home, prompt } = input
  if (effort !== null && !levels.includes(effort)) {
    throw new InfraError(`Copilot knows no effort "${effort}": use one of ${levels.join(', ')}`)
  }
  return {
    args: [
      '--yolo',
      '--no-ask-user',
      '--output-format',
      'json',
      '--usage-output-file',
      join(home, usageFile),
      ...(Object.keys(mcp).length > 0 ? ['--additional-mcp-config', `@${join(home, mcpFile)}`] : []),
      ...(service === null && model !== null ? ['--model', model] : []),
      ...(effort === null ? [] : ['--reasoning-effort', effort]),
    ],
    env: {
      COPILOT_AUTO_UPDATE: 'false',
      ...(service ? throughService(model, service) : {}),
    },
    homeFiles: { [mcpFile]: JSON.stringify({ mcpServers: serversOf(mcp) }, null, 2) },
    stdin: prompt,
  }
}

function throughService(model: string | null, { api, url, key }: ModelAccess): Record<string, string> {
  if (model === null)
    throw new InfraError('Copilot needs a model for a service of its own: add `model:` to the setup')
  return {
    // Neither GitHub's login nor its telemetry.
    COPILOT_OFFLINE: 'true',
    COPILOT_PROVIDER_BASE_URL: url,
    COPILOT_PROVIDER_TYPE: api === 'anthropic' ? 'anthropic' : 'openai',
    COPILOT_PROVIDER_WIRE_API: api === 'openai-responses' ? 'responses' : 'completions',
    COPILOT_PROVIDER_API_KEY: key ?? 'none',
    COPILOT_MODEL: model,
  }
}

function serversOf(mcp: Record<string, McpServer>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(mcp).map(([name, server]) => {
      if ('url' in server) return [name, { type: 'http', url: server.url, tools: ['*'] }]
      const [command, ...args] = server.command
      return [name, { type: 'local', command, args, env: server.env, tools: ['*'] }]
    }),
  )
}

/** What it used stands in a file, also where calls failed; not where it was ended. */
async function finish(report: AgentReport, { result, input }: AgentEnd): Promise<void> {
  const text = await readFile(join(input.home, usageFile), 'utf8').catch(() => null)
  const isRead = text !== null && readCopilotUsage(report, parseJson(text))
  if (!isRead && result.end === 'exited') report.notes.push('it left no account of its usage')
}
