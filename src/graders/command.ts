import { join } from 'node:path'
import { z } from 'zod'
import type { GradeInput, OpenWorkspace } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import { Command } from '../model/suite.ts'
import { defineGrader } from '../registry.ts'
import { duration } from '../util/duration.ts'
import { readUntrusted } from '../util/output.ts'
import { regex, regexMatches, showRegex } from '../util/regex.ts'
import { cleanPath, insidePath, maxSearchedBytes } from './inside.ts'
import { howItEnded, lastLines, type LoggedRun, runLogged, showCommand } from './process.ts'

/** What a shell says when it does not find a program. */
const shellNotFound = 127

const config = z.strictObject({
  run: Command.describe('a shell line, or a program with its arguments'),
  exitCode: z.number().int().min(0).max(255).default(0),
  stdoutContains: z.string().min(1).optional(),
  stdoutMatches: regex.optional(),
  timeout: duration.prefault('5m'),
  cwd: insidePath.optional().describe('folder of the workspace to run in'),
  env: z.record(z.string(), z.string()).default({}),
})
type Config = z.infer<typeof config>

/** Runs one of the repository's own tools on what the agent left, together with the hidden files. */
export const command = defineGrader({
  config,
  description: 'runs a command in the workspace and looks at its exit code and output',
  async grade(input, given) {
    const what = showCommand(given.run)
    const run = await start(input, given, await input.workspace({ hidden: true }))
    if (typeof run === 'string' || !isFound(run, given)) {
      const missing = typeof run === 'string' ? run : `the program of "${what}" was not found`
      await requireOnPristine(input, given, missing)
      const shown = typeof run === 'string' ? '' : `\n${await lastLines(run)}`
      return {
        score: 0,
        pass: false,
        explanation: `${missing}; without the agent's change it is there${shown}`,
      }
    }
    const problem = await problemWith(run, given)
    return {
      score: problem === null ? 1 : 0,
      pass: problem === null,
      explanation:
        problem === null ? `"${what}" ${howItEnded(run)}` : `"${what}" ${problem}\n${await lastLines(run)}`,
      details: {
        end: run.result.end,
        exitCode: run.result.exitCode,
        durationMs: Math.round(run.result.durationMs),
      },
    }
  },
})

/** A sentence instead of a run if there is no such folder. */
async function start(
  input: GradeInput,
  given: Config,
  workspace: OpenWorkspace,
  name = '',
): Promise<LoggedRun | string> {
  const folder = cleanPath(given.cwd ?? '')
  // Through no link: an agent could lead the command out of the workspace.
  if (!(await workspace.files.at(folder))?.stats.isDirectory()) return `there is no folder ${folder}`
  return runLogged(
    input,
    {
      command: given.run,
      cwd: join(workspace.path, folder),
      env: { ...input.env, ...given.env },
      timeoutMs: given.timeout,
    },
    name,
  )
}

function isFound({ result }: LoggedRun, { exitCode }: Config): boolean {
  if (result.end === 'not-found') return false
  return result.exitCode !== shellNotFound || exitCode === shellNotFound
}

/** A tool that is not there without the agent's change either is missing on this machine: that says nothing of the agent. */
async function requireOnPristine(input: GradeInput, given: Config, missing: string): Promise<void> {
  const isThere = await input.once('command-is-there', async () => {
    const run = await start(input, given, await input.pristine({ hidden: true }), 'pristine-')
    return typeof run !== 'string' && isFound(run, given)
  })
  if (isThere) return
  throw new InfraError(
    `${missing}, nor is it there without the agent's change: install it on this machine, let the source's "prepare" make it, or correct "run" or "cwd"`,
  )
}

async function problemWith(run: LoggedRun, given: Config): Promise<string | null> {
  const { exitCode, stdoutContains, stdoutMatches } = given
  if (run.result.exitCode !== exitCode) return `${howItEnded(run)}, expected exit code ${exitCode}`
  if (stdoutContains === undefined && stdoutMatches === undefined) return null
  const stdout = await readUntrusted(run.stdout, maxSearchedBytes)
  if (stdout === null)
    return `printed more than ${maxSearchedBytes / 1024 / 1024} MiB, which is more than is searched`
  if (stdoutContains !== undefined && !stdout.includes(stdoutContains)) {
    return `${howItEnded(run)}, but its stdout does not contain ${JSON.stringify(stdoutContains)}`
  }
  if (stdoutMatches !== undefined && !regexMatches(stdoutMatches, stdout)) {
    return `${howItEnded(run)}, but its stdout does not match ${showRegex(stdoutMatches)}`
  }
  return null
}
