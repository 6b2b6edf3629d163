import type { HarnessInput } from '../contracts.ts'
import type { McpServer } from '../model/suite.ts'
import { defineAgentCli, type AgentEnd, type Invocation } from './agent-cli.ts'
import type { AgentReport } from './agent-report.ts'
import { geminiParser } from './gemini-stream.ts'
import { knownServices } from './known-services.ts'

const turnLimitCode = 53

/** The Gemini CLI (npm: @google/gemini-cli). */
export const geminiCli = defineAgentCli({
  name: 'gemini',
  program: 'gemini',
  install: 'npm install -g @google/gemini-cli',
  description: "Google's Gemini CLI; any service with the Gemini API",
  // It is told to read this file as well as its own GEMINI.md.
  layout: { instructions: 'AGENTS.md', skills: '.agents/skills' },
  supports: { model: true, effort: false, mcp: true },
  apis: ['gemini'],
  usualService: () => knownServices['google'] ?? null,
  prepare,
  parse: geminiParser,
  finish,
})

/** The prompt comes by stdin, where it cannot be taken for an option. */
function prepare({ model, service, prompt, mcp }: HarnessInput): Invocation {
  return {
    args: [
      '--yolo',
      '--skip-trust',
      '--output-format',
      'stream-json',
      ...(model === null ? [] : ['--model', model]),
    ],
    env: {
      // Also where settings of the repository say something else.
      GEMINI_TELEMETRY_ENABLED: 'false',
      // It would start itself anew for another memory limit, which takes a second.
      GEMINI_CLI_NO_RELAUNCH: 'true',
      ...(service ? { GOOGLE_GEMINI_BASE_URL: service.url, GEMINI_API_KEY: service.key ?? 'none' } : {}),
    },
    homeFiles: { '.gemini/settings.json': JSON.stringify(settingsOf(mcp, service !== null), null, 2) },
    stdin: prompt,
  }
}

function settingsOf(mcp: HarnessInput['mcp'], behindGateway: boolean): object {
  return {
    security: { auth: { selectedType: 'gemini-api-key' } },
    general: {
      enableAutoUpdate: false,
      enableAutoUpdateNotification: false,
      // Trying again is the gateway's business.
      ...(behindGateway ? { maxAttempts: 1, retryFetchErrors: false } : {}),
    },
    telemetry: { enabled: false },
    privacy: { usageStatisticsEnabled: false },
    context: {
      fileName: ['AGENTS.md', 'GEMINI.md'],
      // Nothing above the workspace is read.
      memoryBoundaryMarkers: [],
    },
    mcpServers: Object.fromEntries(Object.entries(mcp).map(([name, server]) => [name, serverOf(server)])),
  }
}

function serverOf(server: McpServer): object {
  if ('url' in server) return { httpUrl: server.url, trust: true }
  const [command, ...args] = server.command
  return { command, args, env: server.env, trust: true }
}

/**
 * What it says of a failed call often leaves out the HTTP status. That is its exit code as far as a byte holds it (145 is
 * 401), or stands in the error that it prints.
 */
function finish(report: AgentReport, { result: { exitCode }, errors }: AgentEnd): void {
  if (exitCode === turnLimitCode) report.limit ??= 'it came to its limit of turns'
  if (exitCode === null || exitCode === 0 || report.error === null) return
  const printed = /^ {2}(?:code|status): (\d{3}),?$/m.exec(errors)?.[1]
  const status = exitCode + 256 >= 400 ? exitCode + 256 : printed
  if (status !== undefined) report.error = `${status}: ${report.error}`
}
