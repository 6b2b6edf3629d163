import { join } from 'node:path'
import { InfraError } from '../errors.ts'
import type { HarnessInput, UsualService } from '../contracts.ts'
import type { McpServer } from '../model/suite.ts'
import { defineAgentCli, type Invocation } from './agent-cli.ts'
import { claudeParser } from './claude-stream.ts'
import { knownServices } from './known-services.ts'
import { foldersAbove } from './above.ts'

const levels = ['low', 'medium', 'high', 'xhigh', 'max']
/** Ways in which a setup may bring credentials of its own. */
const credentials = ['ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN', 'CLAUDE_CONFIG_DIR']
const clouds = ['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_USE_FOUNDRY']
const mcpFile = 'mcp.json'

/** Claude Code (npm: @anthropic-ai/claude-code). */
export const claudeCode = defineAgentCli({
  name: 'Claude Code',
  program: 'claude',
  install: 'npm install -g @anthropic-ai/claude-code',
  description: 'Claude Code; Anthropic, or any service that speaks its API',
  // It reads AGENTS.md only where there is no CLAUDE.md, older versions never; skills in .agents it does not see.
  layout: { instructions: 'CLAUDE.md', skills: '.claude/skills' },
  supports: { model: true, effort: true, mcp: true },
  apis: ['anthropic'],
  usualService,
  prepare,
  parse: claudeParser,
})

function usualService(_: unknown, env: Readonly<Record<string, string>>): UsualService | null {
  const known = knownServices['anthropic']
  if (!known || clouds.some(name => env[name])) return null
  return {
    ...known,
    url: env['ANTHROPIC_BASE_URL'] ?? known.url,
    keys: credentials.some(name => env[name]) ? [] : known.keys,
  }
}

/** Nothing is loaded from the home or from folders above, no session is kept, and the prompt comes by stdin. */
function prepare(input: HarnessInput): Invocation {
  const { model, effort, service, limits, prompt, home, mcp } = input
  if (effort !== null && !levels.includes(effort)) {
    throw new InfraError(`Claude Code knows no effort "${effort}": use one of ${levels.join(', ')}`)
  }
  const { maxTurns, maxCostUsd } = limits
  return {
    args: [
      '--print',
      '--output-format',
      'stream-json',
      '--verbose',
      '--dangerously-skip-permissions',
      '--no-session-persistence',
      '--setting-sources',
      'project',
      '--settings',
      JSON.stringify({ claudeMdExcludes: outside(input.workspace) }),
      '--strict-mcp-config',
      ...(Object.keys(mcp).length > 0 ? ['--mcp-config', join(home, mcpFile)] : []),
      ...(model === null ? [] : ['--model', model]),
      ...(effort === null ? [] : ['--effort', effort]),
      // The gateway sees to them, where there is one.
      ...(service === null && maxTurns !== null ? ['--max-turns', String(maxTurns)] : []),
      ...(service === null && maxCostUsd !== null ? ['--max-budget-usd', String(maxCostUsd)] : []),
    ],
    env: {
      // As root it skips permissions only in what it is told to be a sandbox.
      IS_SANDBOX: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      ...(service ? { ANTHROPIC_BASE_URL: service.url, ...keyOf(input, service.key), ...tries } : {}),
    },
    homeFiles: { [mcpFile]: JSON.stringify({ mcpServers: serversOf(mcp) }, null, 2) },
    // A slash at the beginning would make it a command.
    stdin: prompt.startsWith('/') ? `\n${prompt}` : prompt,
  }
}

/** By itself it asks ten times, over minutes, also after a refusal; to ask again is the gateway's. */
const tries = { CLAUDE_CODE_MAX_RETRIES: '1' }

function keyOf({ env }: HarnessInput, key: string | null): Record<string, string> {
  if (key !== null) return { ANTHROPIC_API_KEY: key }
  // Without any it would ask for a login.
  return [...credentials, 'ANTHROPIC_API_KEY'].some(name => env[name]) ? {} : { ANTHROPIC_API_KEY: 'none' }
}

/** Patterns of the instructions that it would find above the workspace. */
function outside(workspace: string): string[] {
  return foldersAbove(workspace)
    .map(folder => (folder === '/' ? '' : folder.replaceAll(/[\\*?[\]{}()!@+|]/g, '\\$&')))
    .flatMap(folder =>
      ['CLAUDE.md', 'CLAUDE.local.md', 'AGENTS.md', '.claude/CLAUDE.md', '.claude/rules/**'].map(
        name => `${folder}/${name}`,
      ),
    )
}

function serversOf(mcp: Record<string, McpServer>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(mcp).map(([name, server]) => {
      if ('url' in server) return [name, { type: 'http', url: server.url }]
      const [command, ...args] = server.command
      return [name, { type: 'stdio', command, args, env: server.env }]
    }),
  )
}
