import { attemptThat, countToolCalls } from '../core/attempt.ts'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { InfraError } from '../errors.ts'
import type { ExecResult, HarnessInput } from '../contracts.ts'
import { Command } from '../model/suite.ts'
import type { Attempt, TranscriptEvent } from '../model/trial.ts'
import { defineHarness } from '../registry.ts'
import { readTail } from '../util/output.ts'
import { commandLine, programOf } from './command-line.ts'
import { environment, type CommandFiles } from './command-environment.ts'
import { readTranscript, readUsage } from './command-reports.ts'
import { asked, interrupted } from './ends.ts'
import { findInside } from './find-inside.ts'
import { lastLines } from './last-lines.ts'
import { findProgram } from '../util/find-program.ts'

const messageBytes = 64 * 1024

const Config = z.strictObject({
  /** A program with its arguments, or a shell line. A program that begins with `./` or `../` is a file of the suite. */
  run: Command,
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string()).optional(),
  /** `file`: the agent reports its usage, and it is told where it did not. Without it a report is welcome, too. */
  usage: z.literal('file').optional(),
})

/** Any program as an agent: it gets the prompt by argument, environment or file, and works in the workspace. */
export const command = defineHarness({
  config: Config,
  description: 'any program: the prompt comes as {prompt}, in a file, or in the environment',
  layout: { instructions: 'AGENTS.md', skills: '.agents/skills' },
  supports: { model: true, effort: true, mcp: true },
  apis: ['openai-chat', 'openai-responses', 'anthropic', 'gemini'],
  files: config => programOf(config.run).suiteFile,
  async probe({ run }, exec) {
    const { program, suiteFile } = programOf(run)
    if (suiteFile.length > 0) return { ok: true, version: null, message: `${program} comes with the suite` }
    if (typeof run === 'string') return { ok: true, version: null, message: 'a shell line, not looked into' }
    const path = exec ? await findInside(program, exec) : findProgram(program, process.env.PATH ?? '')
    const missing = `${program} was not found: install it, or name it with its path`
    return { ok: path !== null, version: null, message: path ?? missing }
  },
  async run(input, config) {
    const files = await prepareFiles(input)
    const argv = await commandLine(config.run, input, files)
    const stdout = join(input.logs, 'agent.stdout.log')
    const stderr = join(input.logs, 'agent.stderr.log')
    const result = await input.exec({
      command: argv,
      cwd: input.workspace,
      env: { ...input.env, ...config.env, ...environment(input, files) },
      timeoutMs: input.limits.timeoutMs,
      stdout,
      stderr,
      signal: input.signal,
    })
    const output = (await readTail(stdout, messageBytes)).trim()
    const errors = (await readTail(stderr, messageBytes)).trim()
    checkThatItRan(argv, result, errors || output)

    const { stop, message } = howItEnded(result, errors || output, input)
    const usage = await readUsage(files.usage, config.usage === 'file')
    const reported = await readTranscript(files.transcript)
    const spoken: TranscriptEvent[] =
      output === '' ? [] : [{ type: 'message', role: 'assistant', text: output, atMs: null }]
    const notes = [message, usage.warning, reported.warning].filter(note => note !== null)
    return {
      attempt: {
        ...attemptThat(stop, result.durationMs),
        message: notes.length === 0 ? null : notes.join('\n'),
        exitCode: result.exitCode,
        usage: usage.tokens,
        costUsd: usage.costUsd,
        costSource: usage.costUsd === null ? null : 'harness',
        turns: usage.turns,
        toolCalls: reported.events === null ? null : countToolCalls(reported.events),
        agentVersion: usage.version,
        observedModel: usage.model,
      },
      transcript: [asked(input.prompt), ...(reported.events ?? spoken)],
    }
  },
})

/** The prompt is no secret and is stored with the logs; MCP servers may hold keys, and are not. */
async function prepareFiles(input: HarnessInput): Promise<CommandFiles> {
  const own = join(input.home, '.agent-eval')
  await mkdir(own, { recursive: true })
  const files = {
    own,
    prompt: join(input.logs, 'agent-prompt.txt'),
    usage: join(input.logs, 'agent-usage.json'),
    transcript: join(input.logs, 'agent-transcript.jsonl'),
    mcp: join(own, 'mcp.json'),
  }
  await writeFile(files.prompt, input.prompt)
  await writeFile(files.mcp, `${JSON.stringify({ mcpServers: mcpServers(input) }, null, 2)}\n`)
  return files
}

/** In the shape that most agents read: the program apart from its arguments. */
function mcpServers({ mcp }: HarnessInput): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(mcp).map(([name, server]) =>
      'url' in server
        ? [name, { url: server.url }]
        : [name, { command: server.command[0], args: server.command.slice(1), env: server.env }],
    ),
  )
}

/** Throws InfraError where the agent never was. */
function checkThatItRan(argv: Command, result: ExecResult, output: string): void {
  if (result.end === 'aborted') throw interrupted()
  const tried = typeof argv === 'string' ? argv : argv[0]
  if (result.end === 'not-found') {
    throw new InfraError(
      `the agent's program ${tried} was not found or cannot be executed: install it, or name it with its path`,
    )
  }
  // What shells say for "cannot execute" and "not found", also the one that runs the suite's own script.
  if (result.exitCode === 126 || result.exitCode === 127) {
    throw new InfraError(
      `the agent could not be run (exit code ${result.exitCode}): ${tried}\n${lastLines(output)}`,
    )
  }
}

function howItEnded(
  result: ExecResult,
  output: string,
  { limits }: HarnessInput,
): Pick<Attempt, 'stop' | 'message'> {
  if (result.end === 'timeout')
    return { stop: 'timeout', message: `stopped at the time limit of ${limits.timeoutMs} ms` }
  if (result.end === 'output-limit')
    return { stop: 'crash', message: 'stopped: it wrote more output than is kept' }
  if (result.end === 'exited' && result.exitCode === 0) return { stop: 'finished', message: null }
  const how =
    result.end === 'exited' ? `exit code ${result.exitCode}` : `ended by ${result.signal ?? result.end}`
  return { stop: 'crash', message: [how, lastLines(output)].filter(Boolean).join('\n') }
}
