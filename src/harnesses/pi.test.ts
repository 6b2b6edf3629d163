import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ExecRequest, HarnessInput, ModelAccess } from '../contracts.ts'
import { Attempt, TranscriptEvent } from '../model/trial.ts'
import { exec } from '../util/exec.ts'
import { pi } from './pi.ts'
import { openBench, type Bench } from './testing/input.ts'

/** The harness with a program in place of pi that plays a recorded stream. With the real one: pi.real.test.ts. */

let bench: Bench
beforeEach(async () => {
  bench = await openBench()
  await mkdir(join(bench.root, 'bin'))
})
afterEach(() => bench.clean())

const models = async (): Promise<object> => JSON.parse(await inHome('.pi/agent/models.json')).providers
const inHome = (path: string): Promise<string> => readFile(join(bench.root, 'home', path), 'utf8')

/** A pi of a version that plays a recorded stream and then does what `after` says. */
async function fakePi(after: string, recorded: string | null, version = '0.73.1'): Promise<string> {
  const stream = join(bench.root, 'bin', 'stream.jsonl')
  if (recorded === null) await writeFile(stream, '')
  else await copyFile(new URL(`../../fixtures/transcripts/${recorded}.jsonl`, import.meta.url), stream)
  const bin = join(bench.root, 'bin', 'pi')
  const asked = `if [ "$1" = --version ]; then echo "pi ${version}"; exit; fi`
  await writeFile(
    bin,
    `#!/bin/sh\n${asked}\nprintf '%s\\n' "$@" > "$HOME/arguments"\nprintf %s "$AGENT_EVAL_MODEL_KEY" > "$HOME/key"\ncat > "$HOME/stdin"\ncat ${stream}\n${after}\n`,
  )
  await chmod(bin, 0o755)
  return bin
}

async function run(config: Record<string, unknown>, change: Partial<HarnessInput> = {}) {
  return pi.run(bench.input(change), pi.config.parse(config))
}

const service = (api: ModelAccess['api'], key: string | null = 'k1'): ModelAccess => ({
  api,
  url: 'http://127.0.0.1:1/trial',
  key,
})

describe('an attempt', () => {
  it('has what the stream tells, and keeps the stream without its repetitions', async () => {
    const result = await run({ bin: await fakePi('', 'pi-0.73') })
    expect(result.attempt).toMatchObject({
      stop: 'finished',
      message: null,
      exitCode: 0,
      turns: 2,
      toolCalls: 1,
      costSource: 'harness',
      agentVersion: '0.73.1',
      observedModel: 'm1',
    })
    expect(result.attempt.costUsd).toBeCloseTo(0.000892, 9)
    Attempt.parse(result.attempt)
    for (const event of result.transcript) TranscriptEvent.parse(event)
    const kept = await readFile(join(bench.root, 'logs', 'agent.jsonl'), 'utf8')
    expect(kept).toContain('agent_end')
    expect(kept).not.toContain('message_update')
    expect(await readdir(join(bench.root, 'home'))).not.toContain('agent-stream.jsonl')
  })

  it('gives the prompt by stdin, where it cannot be taken for an option or a file', async () => {
    await run(
      { bin: await fakePi('', 'pi-0.73'), args: ['--tools', 'read'] },
      { prompt: '@file -p', effort: 'high' },
    )
    expect(await inHome('stdin')).toBe('@file -p')
    expect((await inHome('arguments')).trim().split('\n').join(' ')).toBe(
      '--print --mode json --no-session --no-extensions --model m1 --thinking high --tools read',
    )
  })

  it.each([
    ['0.73.1', 'AGENT_EVAL_MODEL_KEY', false],
    ['0.87.1', '$AGENT_EVAL_MODEL_KEY', true],
    ['1.2.0', '$AGENT_EVAL_MODEL_KEY', true],
  ])('suits version %s', async (version, apiKey, approves) => {
    await run({ bin: await fakePi('', 'pi-0.87', version) }, { service: service('openai-chat') })
    expect(await models()).toEqual({
      'agent-eval': {
        baseUrl: 'http://127.0.0.1:1/trial',
        api: 'openai-completions',
        apiKey,
        models: [{ id: 'm1', reasoning: false }],
      },
    })
    expect((await inHome('arguments')).split('\n').includes('--approve')).toBe(approves)
    expect(await inHome('arguments')).toContain('--provider\nagent-eval\n--model\nm1\n')
    expect(await inHome('key')).toBe('k1')
    expect(await inHome('.pi/agent/settings.json')).toContain('"maxRetries": 0')
  })

  it.each<[string, ModelAccess, string]>([
    ['anthropic/claude-x', service('anthropic'), 'anthropic'],
    // The same name at a service that gathers many.
    ['anthropic/claude-x', service('openai-chat'), 'agent-eval'],
    ['no/claude-x', service('anthropic'), 'agent-eval'],
  ])(
    'with the model %s keeps what pi knows of it only where pi speaks as its service does',
    async (model, access, name) => {
      await run({ bin: await fakePi('', 'pi-0.73') }, { model, service: access })
      expect(Object.keys(await models())).toEqual([name])
      expect(await inHome('arguments')).toContain(`--model\n${model}\n`)
    },
  )

  it('stops at the limit of turns or cost, but not where the last allowed turn was the last needed', async () => {
    const limited = async (limits: { maxTurns: number | null; maxCostUsd: number | null }) =>
      (await run({ bin: await fakePi('', 'pi-0.73') }, { limits: { timeoutMs: 30_000, ...limits } })).attempt
    expect((await limited({ maxTurns: 2, maxCostUsd: 0.0005 })).stop).toBe('finished')
    expect(await limited({ maxTurns: 1, maxCostUsd: null })).toMatchObject({
      stop: 'limit',
      turns: 1,
      message: 'stopped after 1 turns: maxTurns is 1',
    })
    expect(await limited({ maxTurns: null, maxCostUsd: 0.0004 })).toMatchObject({
      stop: 'limit',
      message: expect.stringContaining('maxCostUsd is 0.0004'),
    })
  })

  it('is a timeout that keeps the transcript', async () => {
    const limits = { timeoutMs: 500, maxCostUsd: null, maxTurns: null }
    const result = await run({ bin: await fakePi('sleep 100', 'pi-0.73') }, { limits })
    expect(result.attempt).toMatchObject({ stop: 'timeout', turns: 2 })
    expect(result.transcript).toHaveLength(4)
  })

  it('is a crash for an exit code after work was done, or for no answer at all', async () => {
    expect((await run({ bin: await fakePi('echo broken >&2; exit 9', 'pi-0.73') })).attempt).toMatchObject({
      stop: 'crash',
      exitCode: 9,
      message: 'exit code 9\nbroken',
    })
    expect((await run({ bin: await fakePi('echo what', null) })).attempt).toMatchObject({
      stop: 'crash',
      turns: null,
      message: 'it ended without any answer of the model\n1 line(s) of its output were no events',
    })
  })
})

describe('what is not the doing of the agent', () => {
  it('is a refused key, although pi exits with 0', async () => {
    expect((await run({ bin: await fakePi('', 'pi-refused') })).attempt).toMatchObject({
      stop: 'refused',
      exitCode: 0,
      usage: null,
      message: '401 Incorrect API key provided',
    })
  })

  it('is a service that is down, also where the time limit ends the retries', async () => {
    const bin = await fakePi('sleep 100', 'pi-retried')
    const stream = join(bench.root, 'bin', 'stream.jsonl')
    await writeFile(stream, (await readFile(stream, 'utf8')).split('\n').slice(0, 10).join('\n') + '\n')
    const limits = { timeoutMs: 500, maxCostUsd: null, maxTurns: null }
    expect((await run({ bin }, { limits })).attempt).toMatchObject({
      stop: 'model-error',
      message: '500 boom',
    })
  })

  it('is a pi that cannot start, is not there, or is no pi', async () => {
    await expect(run({ bin: await fakePi('echo "Unknown provider" >&2; exit 1', null) })).rejects.toThrow(
      'before it asked a model:\nUnknown provider',
    )
    await expect(run({ bin: 'no-such-pi' })).rejects.toThrow('pi was not found as "no-such-pi": install it')
    await expect(run({ bin: 'true' })).rejects.toThrow('is it pi?')
  })

  it('is a setup that lacks the model, or has an unknown effort', async () => {
    const bin = await fakePi('', 'pi-0.73')
    const chosen = { model: null, service: service('openai-chat') }
    await expect(run({ bin }, chosen)).rejects.toThrow('add `model:` to the setup')
    await expect(run({ bin }, { effort: 'huge' })).rejects.toThrow('use one of off, minimal')
  })

  it('is a file above the workspace that pi would read', async () => {
    const bin = await fakePi('', 'pi-0.73')
    await writeFile(join(bench.root, 'CLAUDE.md'), 'Be rude.')
    await expect(run({ bin })).rejects.toThrow(`would also read ${join(bench.root, 'CLAUDE.md')}`)
    // What a sandbox hides does no harm.
    const blind = (request: ExecRequest) =>
      exec(request.command[0] === '/bin/sh' ? { ...request, command: ['true'] } : request)
    expect((await run({ bin }, { exec: blind })).attempt.stop).toBe('finished')
  })

  it('is an interrupted run', async () => {
    const stop = new AbortController()
    const running = run({ bin: await fakePi('sleep 100', 'pi-0.73') }, { signal: stop.signal })
    setTimeout(() => stop.abort(), 300)
    await expect(running).rejects.toThrow('interrupted')
  })
})

it('is found, with its version, or told how to get it', async () => {
  expect(await pi.probe(pi.config.parse({ bin: await fakePi('', null) }))).toEqual({
    ok: true,
    version: '0.73.1',
    message: 'pi 0.73.1',
  })
  expect(await pi.probe(pi.config.parse({ bin: 'no-such-pi' }))).toMatchObject({
    ok: false,
    message: expect.stringContaining('npm install -g'),
  })
  expect(pi.config.safeParse({ bin: './pi' }).success).toBe(false)
})
