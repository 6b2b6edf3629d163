import { attemptThat } from '../core/attempt.ts'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { z } from 'zod'
import { InfraError } from '../errors.ts'
import type { ExecResult, HarnessInput } from '../contracts.ts'
import type { Attempt } from '../model/trial.ts'
import { defineHarness } from '../registry.ts'
import { exec } from '../util/exec.ts'
import { cleanEnv } from '../util/host-env.ts'
import { readLines, readTail } from '../util/output.ts'
import { countToolCalls, interrupted } from './ends.ts'
import { lastLines } from './last-lines.ts'
import { blame } from './model-errors.ts'
import { piEndpoints } from './pi-endpoints.ts'
import { agentFolder, piArguments, PiProvider, writeModels } from './pi-options.ts'
import { isPartial, newPiState, readPiLine, type PiState } from './pi-stream.ts'
import { askPi, piVersion } from './pi-version.ts'

/** Older versions repeat the whole message in each event: a long answer fills a file of the usual size. */
const maxOutputBytes = 1024 * 1024 * 1024

const Config = z.strictObject({
  /** The program: a name on the PATH, or an absolute path. */
  bin: z
    .string()
    .min(1)
    .refine(bin => !/[/\\]/.test(bin) || isAbsolute(bin), {
      error: 'expected a program name or an absolute path',
    })
    .default('pi'),
  /** A model service that pi does not know by itself. Without it the model is one of pi's own, as `provider/model`. */
  provider: PiProvider.optional(),
  /** More arguments, such as `--extension PATH` or `--tools read,edit`. */
  args: z.array(z.string()).default([]),
})
type Config = z.infer<typeof Config>

/** The pi coding agent (npm: @mariozechner/pi-coding-agent, later @earendil-works/pi-coding-agent). */
export const pi = defineHarness<Config>({
  config: Config,
  description: 'the pi coding agent; any OpenAI- or Anthropic-compatible model service',
  layout: { skills: '.agents/skills' },
  supports: { model: true, effort: true, mcp: false },
  endpoints: piEndpoints,
  async probe({ bin }, where) {
    const folder = await mkdtemp(join(tmpdir(), 'agent-eval-pi-'))
    try {
      const env = cleanEnv(process.env, { home: folder, temporary: folder })
      const version = where ? await askPi(bin, env, folder, where) : await piVersion(bin, env, folder, exec)
      return { ok: true, version: version.text, message: `pi ${version.text}` }
    } catch (error) {
      if (error instanceof InfraError) return { ok: false, version: null, message: error.message }
      throw error
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
  async run(input, config) {
    const version = await piVersion(config.bin, input.env, input.home, input.exec, input.image)
    if (config.provider) await writeModels(config.provider, input, version)
    const state = newPiState()
    const stdout = join(input.home, 'pi-stream.jsonl')
    const stderr = join(input.logs, 'agent.stderr.log')
    const started = performance.now()
    const result = await input.exec({
      command: [config.bin, ...piArguments(config.provider, config.args, input, version)],
      cwd: input.workspace,
      env: { ...input.env, PI_OFFLINE: '1', PI_TELEMETRY: '0', PI_CODING_AGENT_DIR: agentFolder(input.home) },
      timeoutMs: input.limits.timeoutMs,
      stdout,
      stderr,
      maxOutputBytes,
      // Not as an argument: there, a prompt that begins with @ or - would mean something else.
      stdin: input.prompt,
      onLine: line => {
        readPiLine(state, line, performance.now() - started)
        return passedLimit(state, input) === null
      },
      signal: input.signal,
    })
    await keepStream(stdout, join(input.logs, 'pi.jsonl'))
    if (result.end === 'aborted') throw interrupted()
    const errors = lastLines(await readTail(stderr, 64 * 1024))
    checkService(state, result, errors)
    return {
      attempt: {
        ...attemptThat('finished', result.durationMs),
        ...howItEnded(state, result, errors, input),
        exitCode: result.exitCode,
        usage: state.usage,
        costUsd: state.costUsd > 0 ? state.costUsd : null,
        costSource: state.costUsd > 0 ? 'harness' : null,
        turns: state.turns,
        toolCalls: countToolCalls(state.transcript),
        agentVersion: version.text,
        observedModel: state.model,
      },
      transcript: state.transcript,
    }
  },
})

/** Looked at when a turn begins: what has been spent is within the limits, and more would be spent now. */
function passedLimit(state: PiState, { limits: { maxTurns, maxCostUsd } }: HarnessInput): string | null {
  if (maxTurns !== null && state.turnsBefore >= maxTurns)
    return `stopped after ${state.turns} turns: maxTurns is ${maxTurns}`
  if (maxCostUsd !== null && state.costUsdBefore >= maxCostUsd) {
    return `stopped after spending ${state.costUsd} USD: maxCostUsd is ${maxCostUsd}`
  }
  return null
}

/** Throws InfraError where the model service, the key or the installation is to blame; pi itself then often exits with 0. */
function checkService(state: PiState, result: ExecResult, errors: string): void {
  if (result.end === 'limit') return
  if (state.error !== null) {
    const fault = blame(state.error)
    if (fault === 'refused') {
      throw new InfraError(
        `the model service refused pi: ${state.error}\nCheck the key, the model's name and the address.`,
      )
    }
    if (fault === 'unavailable') {
      throw new InfraError(`the model service was not available: ${state.error}`, { transient: true })
    }
  } else if (result.end === 'exited' && result.exitCode !== 0 && state.turns === 0) {
    throw new InfraError(
      `pi ended with exit code ${result.exitCode} before it asked a model:\n${errors || '(no output)'}`,
    )
  }
}

function howItEnded(
  state: PiState,
  result: ExecResult,
  errors: string,
  input: HarnessInput,
): Pick<Attempt, 'stop' | 'message'> {
  const { stop, message } = stopOf(state, result, errors, input)
  const unread = state.unreadLines === 0 ? null : `${state.unreadLines} line(s) of its output were no events`
  const notes = [message, unread].filter(note => note !== null)
  return { stop, message: notes.length === 0 ? null : notes.join('\n') }
}

function stopOf(
  state: PiState,
  result: ExecResult,
  errors: string,
  input: HarnessInput,
): Pick<Attempt, 'stop' | 'message'> {
  switch (result.end) {
    case 'timeout':
      return { stop: 'timeout', message: `stopped at the time limit of ${input.limits.timeoutMs} ms` }
    case 'limit':
      return { stop: 'limit', message: passedLimit(state, input) }
    case 'output-limit':
      return { stop: 'crash', message: 'stopped: it wrote more output than is kept' }
  }
  const how =
    result.end === 'exited' ? `exit code ${result.exitCode}` : `ended by ${result.signal ?? result.end}`
  if (result.exitCode !== 0)
    return { stop: 'crash', message: [how, state.error, errors].filter(Boolean).join('\n') }
  if (state.error !== null) return { stop: 'crash', message: state.error }
  if (state.turns === 0) return { stop: 'crash', message: 'it ended without any answer of the model' }
  const cut =
    state.stopReason === 'length' ? 'its last answer was cut at the longest that the model gives' : null
  return { stop: 'finished', message: cut }
}

/** Keeps the events for a reader, without those that only repeat what comes again. */
async function keepStream(from: string, to: string): Promise<void> {
  const file = await open(to, 'w')
  try {
    for await (const line of readLines(from)) if (!isPartial(line)) await file.write(`${line}\n`)
  } finally {
    await file.close()
  }
  await rm(from, { force: true })
}
