import { join } from 'node:path'
import { z } from 'zod'
import { attemptThat, countToolCalls } from '../core/attempt.ts'
import type { ExecResult, HarnessInput } from '../contracts.ts'
import { defineHarness } from '../registry.ts'
import { findProgram } from '../util/find-program.ts'
import { toContent, writeTree } from '../util/file-tree.ts'
import { readTail } from '../util/output.ts'
import { openSession, type Session } from './acp-session.ts'
import { checkThatItRan, howItEnded } from './agent-end.ts'
import { newReport, type AgentReport } from './agent-report.ts'
import { asked, interrupted } from './ends.ts'
import { fillIn } from './fill-in.ts'
import { findInside } from './find-inside.ts'
import { notFound } from './not-found.ts'
import { serviceEnvironment } from './service-environment.ts'
import { suiteFile } from './suite-file.ts'

const usual = { instructions: 'AGENTS.md', skills: '.agents/skills' }

const Policy = z.enum(['allow', 'reject'])

const Config = z.strictObject({
  /** The program that speaks the protocol on stdin and stdout, with its arguments: no shell. */
  run: z.array(z.string().min(1)).min(1),
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string()).default({}),
  /** Files of the suite that it finds in its HOME, by their path there. */
  home: z.record(z.string().min(1), z.string().min(1)).default({}),
  /** Its mode, by the id that it gives it, such as `agent-full-access`. */
  mode: z.string().optional(),
  /** Where it looks for its instructions, and for skills. */
  instructions: z.string().min(1).default(usual.instructions),
  skills: z.string().min(1).default(usual.skills),
  /** How it is answered when it asks for permission: for all tools, or by kind (`read`, `edit`, `execute`, …, `*`). */
  permissions: z.union([Policy, z.record(z.string(), Policy)]).default('allow'),
})

/** After its answer an agent may write down what it likes to keep. */
const partingMs = 3000

/** Any agent that speaks the Agent Client Protocol. */
export const acp = defineHarness({
  config: Config,
  description: 'any agent that speaks the Agent Client Protocol (ACP) on stdin and stdout',
  layout: usual,
  layoutOf: ({ instructions, skills }) => ({ instructions, skills }),
  supports: { model: true, effort: true, mcp: true },
  apis: ['openai-responses', 'openai-chat', 'anthropic', 'gemini'],
  files: config => Object.values(config.home),
  async probe({ run: [program = ''] }, exec) {
    const path = exec ? await findInside(program, exec) : findProgram(program, process.env['PATH'] ?? '')
    const missing = `${program} was not found: install it, or name it with its path`
    return { ok: path !== null, version: null, message: path ?? missing }
  },
  async run(input, config) {
    const fill = (text: string): string => fillIn(text, input)
    await writeTree(
      input.home,
      Object.fromEntries(
        Object.entries(config.home).map(([path, file]) => {
          const content = suiteFile(input.files, file)
          const text = content.encoding === 'utf8' ? fill(content.data) : null
          return [path, text === null ? content : toContent(Buffer.from(text), false)]
        }),
      ),
    )
    const report = newReport()
    const { permissions, mode = null } = config
    const session = openSession(
      input,
      { mode, permissions: typeof permissions === 'string' ? { '*': permissions } : permissions },
      report,
    )
    const stdout = join(input.logs, 'agent.jsonl')
    const stderr = join(input.logs, 'agent.stderr.log')
    const { result, saidAll } = await converse(session, input, {
      command: config.run.map(fill),
      env: {
        ...input.env,
        ...(input.service ? serviceEnvironment(input.service) : {}),
        ...Object.fromEntries(Object.entries(config.env).map(([name, value]) => [name, fill(value)])),
      },
      stdout,
      stderr,
    })
    if (result.end === 'aborted') throw interrupted()
    const errors = await readTail(stderr, 64 * 1024)
    if (result.end === 'not-found') throw notFound(config.run[0] ?? '')
    tell(session, report)
    const ended = saidAll ? { ...result, end: 'exited' as const, exitCode: 0 } : result
    checkThatItRan('the agent', report, ended, errors)
    return {
      attempt: {
        ...attemptThat('finished', result.durationMs),
        ...howItEnded(report, ended, errors, input),
        exitCode: result.exitCode,
        usage: report.usage,
        costUsd: report.costUsd,
        costSource: report.costUsd === null ? null : 'harness',
        toolCalls: countToolCalls(report.transcript),
        agentVersion: session.state().version,
        observedModel: report.model,
      },
      transcript: [asked(input.prompt), ...report.transcript],
    }
  },
})

/** Runs the agent until all has been said; one that then stays is ended. */
async function converse(
  session: Session,
  input: HarnessInput,
  { command, ...rest }: { command: string[]; env: Record<string, string>; stdout: string; stderr: string },
): Promise<{ result: ExecResult; saidAll: boolean }> {
  const over = new AbortController()
  let parting: NodeJS.Timeout | undefined
  const result = await input
    .exec({
      ...rest,
      command,
      cwd: input.workspace,
      timeoutMs: input.limits.timeoutMs,
      stdin: writer => session.begin(writer),
      onLine: line => {
        if (!session.read(line)) parting ??= setTimeout(() => over.abort(), partingMs)
        return true
      },
      stop: over.signal,
      signal: input.signal,
    })
    .finally(() => clearTimeout(parting))
  // A limit that others set may have come first, or in the same moment: then something was left to be said.
  return { result, saidAll: session.state().stopReason !== null }
}

/** The protocol's own words for how a turn ends. */
function tell(session: Session, report: AgentReport): void {
  const { stopReason, refused } = session.state()
  if (stopReason === 'max_turn_requests') report.limit = 'it came to its own limit of model calls'
  if (stopReason === 'max_tokens') report.notes.push('an answer was cut at the longest that the model gives')
  if (stopReason === 'refusal') report.notes.push('it refused to go on')
  if (stopReason === 'cancelled') report.error = 'it says that it was cancelled'
  if (refused > 0) report.notes.push(`permission was refused ${refused} time(s), as the suite says`)
}
