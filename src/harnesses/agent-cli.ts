import { isAbsolute, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { z } from 'zod'
import { attemptThat, countToolCalls } from '../core/attempt.ts'
import type { ExecResult, Harness, HarnessInput } from '../contracts.ts'
import { defineHarness } from '../registry.ts'
import { toContent, writeTree } from '../util/file-tree.ts'
import { parseJson } from '../util/json.ts'
import { readTail } from '../util/output.ts'
import { checkAbove } from './above.ts'
import { checkThatItRan, howItEnded, passedLimit } from './agent-end.ts'
import { newReport, type AgentReport } from './agent-report.ts'
import type { EventReader } from './event-readers.ts'
import { askAgent, probeAgent, type AgentVersion } from './agent-version.ts'
import { asked, interrupted } from './ends.ts'
import { keepStream } from './keep-stream.ts'

/** Some agents repeat whole messages in each event: a long answer fills a file of the usual size. */
const maxOutputBytes = 1024 * 1024 * 1024

/** What a suite may say of an agent's program. */
export interface CliConfig {
  /** A name on the PATH, or an absolute path. */
  bin: string
  /** Arguments besides those that the harness gives. */
  args: string[]
}

/**
 * A coding agent that is driven by its command line and tells what it does as one JSON event a line: data and three
 * functions. With `defineAgentCli` it is a harness.
 */
export interface AgentCli extends Pick<
  Harness<CliConfig>,
  'description' | 'layout' | 'supports' | 'apis' | 'usualService' | 'endpoints'
> {
  /** As people call it. */
  name: string
  /** As it is called on the PATH. */
  program: string
  /** A command that installs it. */
  install: string
  /** Names of files that it reads in all folders above its workspace too, and cannot be told not to: there must be none. */
  readsAbove?: readonly string[]
  /** What its command line is told, and the files that it finds in its HOME. Throws InfraError for what it cannot do. */
  prepare(input: HarnessInput, version: AgentVersion): Invocation
  /** Makes the function that reads its events: false for a value that is no event. Events of unknown types are events. */
  parse(report: AgentReport): EventReader
  /** Lines that only repeat what comes again: they are neither read nor kept. */
  isRepeated?(line: string): boolean
  /** Completes the report from what the agent left. Called once, after it has ended. */
  finish?(report: AgentReport, ended: AgentEnd): void | Promise<void>
}

export interface Invocation {
  args: readonly string[]
  /** Arguments that come after those of the suite, such as the prompt. */
  lastArgs?: readonly string[]
  /** Added to the environment of the trial. */
  env?: Readonly<Record<string, string>>
  /** Texts by their path in HOME. */
  homeFiles?: Readonly<Record<string, string>>
  /** Without it stdin is empty. */
  stdin?: string
}

export interface AgentEnd {
  result: ExecResult
  /** The end of what it wrote to stderr. */
  errors: string
  input: HarnessInput
}

/** A harness from what is special of its agent. */
export function defineAgentCli(agent: AgentCli): Harness<CliConfig> {
  const { description, layout, supports, apis, usualService, endpoints } = agent
  const config = z.strictObject({
    bin: z
      .string()
      .min(1)
      .refine(bin => !/[/\\]/.test(bin) || isAbsolute(bin), {
        error: 'expected a program name or an absolute path',
      })
      .default(agent.program),
    args: z.array(z.string()).default([]),
  })
  return defineHarness<CliConfig>({
    config,
    description,
    layout,
    supports,
    ...(apis ? { apis } : {}),
    ...(usualService ? { usualService } : {}),
    ...(endpoints ? { endpoints } : {}),
    probe: ({ bin }, exec) => probeAgent(agent, bin, exec),
    run: (input, options) => runAgent(agent, input, options),
  })
}

async function runAgent(
  agent: AgentCli,
  input: HarnessInput,
  { bin, args }: CliConfig,
): ReturnType<Harness['run']> {
  const version = await askAgent(agent, bin, input)
  await checkAbove(agent.name, agent.readsAbove ?? [], input)
  const invocation = agent.prepare(input, version)
  const { homeFiles = {}, lastArgs = [], stdin } = invocation
  await writeTree(
    input.home,
    Object.fromEntries(
      Object.entries(homeFiles).map(([path, text]) => [path, toContent(Buffer.from(text), false)]),
    ),
  )
  const report = newReport()
  const read = agent.parse(report)
  const isRepeated = (line: string): boolean => agent.isRepeated?.(line) ?? false
  const stdout = join(input.home, 'agent-stream.jsonl')
  const stderr = join(input.logs, 'agent.stderr.log')
  const started = performance.now()
  const result = await input.exec({
    command: [bin, ...invocation.args, ...args, ...lastArgs],
    cwd: input.workspace,
    env: { ...input.env, ...invocation.env },
    timeoutMs: input.limits.timeoutMs,
    stdout,
    stderr,
    maxOutputBytes,
    ...(stdin === undefined ? {} : { stdin }),
    onLine: line => {
      if (line.trim() !== '' && !isRepeated(line) && !read(parseJson(line), performance.now() - started))
        report.unreadLines++
      return passedLimit(report, input) === null
    },
    signal: input.signal,
  })
  await keepStream(stdout, join(input.logs, 'agent.jsonl'), isRepeated)
  if (result.end === 'aborted') throw interrupted()
  const errors = await readTail(stderr, 64 * 1024)
  await agent.finish?.(report, { result, errors, input })
  checkThatItRan(agent.name, report, result, errors)
  const { transcript } = report
  const begin =
    transcript[0]?.type === 'message' && transcript[0].role === 'user' ? [] : [asked(input.prompt)]
  return {
    attempt: {
      ...attemptThat('finished', result.durationMs),
      ...howItEnded(report, result, errors, input),
      exitCode: result.exitCode,
      usage: report.usage,
      costUsd: report.costUsd,
      costSource: report.costUsd === null ? null : 'harness',
      turns: report.turns,
      toolCalls: countToolCalls(transcript),
      agentVersion: version.text,
      agentSha256: version.sha256,
      observedModel: report.model,
    },
    transcript: [...begin, ...transcript],
  }
}
