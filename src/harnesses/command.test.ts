import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HarnessInput } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import { Attempt, TranscriptEvent } from '../model/trial.ts'
import { command } from './command.ts'
import { filesOf, openBench, type Bench } from './testing/input.ts'

let bench: Bench
beforeEach(async () => {
  bench = await openBench({ 'a.txt': 'a\n' })
})
afterEach(() => bench.clean())

const run = (config: unknown, change: Partial<HarnessInput> = {}) =>
  command.run(bench.input(change), command.config.parse(config))
const inWorkspace = (path: string): Promise<string> => readFile(join(bench.root, 'workspace', path), 'utf8')

describe('what the agent gets', () => {
  it('is filled into an argument list, once and as it is', async () => {
    const result = await run(
      { run: ['printf', '%s|', '{prompt}', 'in {workspace}', '--model={model}', '{unknown}'] },
      { prompt: 'Fix "$HOME" and {model}', model: 'm2' },
    )
    const workspace = join(bench.root, 'workspace')
    expect(result.transcript[1]).toMatchObject({
      text: `Fix "$HOME" and {model}|in ${workspace}|--model=m2|{unknown}|`,
    })
  })

  it('stands in the environment and in files', async () => {
    const line = `
      cat "$AGENT_EVAL_PROMPT_FILE" > prompt.txt
      printf '%s' "$AGENT_EVAL_PROMPT" | cmp - prompt.txt && cp "$AGENT_EVAL_MCP_FILE" mcp.json
      echo "$AGENT_EVAL_MODEL $AGENT_EVAL_EFFORT $AGENT_EVAL_SEED $OWN" > rest.txt
      test "$AGENT_EVAL_WORKSPACE" = "$PWD" && touch "$AGENT_EVAL_LOGS/own.log"`
    const mcp = {
      docs: { command: ['node', 's.js', '-v'], env: { A: 'b' } },
      web: { url: 'http://127.0.0.1:1/' },
    }
    const result = await run({ run: line, env: { OWN: 'x' } }, { prompt: 'Grüße\n', effort: 'high', mcp })
    expect(result.attempt).toMatchObject({ stop: 'finished', exitCode: 0 })
    expect(await inWorkspace('prompt.txt')).toBe('Grüße\n')
    expect(await inWorkspace('rest.txt')).toBe('m1 high 12345 x\n')
    expect(JSON.parse(await inWorkspace('mcp.json'))).toEqual({
      mcpServers: {
        docs: { command: 'node', args: ['s.js', '-v'], env: { A: 'b' } },
        web: { url: 'http://127.0.0.1:1/' },
      },
    })
  })

  it('is only in the file where the prompt is too long for the environment', async () => {
    const prompt = 'x'.repeat(300_000)
    const line = 'test -z "${AGENT_EVAL_PROMPT+set}" && wc -c < "$AGENT_EVAL_PROMPT_FILE"'
    expect((await run({ run: line }, { prompt })).transcript[1]).toMatchObject({ text: '300000' })
    await expect(run({ run: ['echo', '{prompt}'] }, { prompt })).rejects.toThrow('pass long text in a file')
  })

  it('has no variable for what the setup does not say', async () => {
    const line = 'env | grep -c "^AGENT_EVAL_MODEL\\|^AGENT_EVAL_EFFORT\\|^AGENT_EVAL_MCP_FILE" > n.txt'
    await run({ run: line }, { model: null, mcp: {} })
    expect(await inWorkspace('n.txt')).toBe('0\n')
  })

  it('is an error where a placeholder has no value, or would be read by a shell', async () => {
    await expect(run({ run: ['echo', '{model}'] }, { model: null })).rejects.toThrow(
      'the setup names no model',
    )
    await expect(
      run({ run: './agent.sh {promptFile}' }, { files: filesOf({ './agent.sh': '' }) }),
    ).rejects.toThrow(
      'write "$AGENT_EVAL_PROMPT_FILE" there, or give the command as a list: run: ["./agent.sh","{promptFile}"]',
    )
  })
})

describe('a program of the suite', () => {
  const script = '#!/bin/sh\necho "$0" > where.txt; echo "$@"\n'

  it.each([
    ['a list', ['./agents/agent.sh', 'one', 'two words']],
    ['a shell line', "./agents/agent.sh one 'two words'"],
  ])('runs in the workspace from a place outside of it, given as %s', async (_what, line) => {
    expect(command.files?.({ run: line })).toEqual(['./agents/agent.sh'])
    const result = await run({ run: line }, { files: filesOf({ 'agents/agent.sh': script }) })
    expect(result.transcript[1]).toMatchObject({ text: 'one two words' })
    expect(await inWorkspace('where.txt')).not.toContain(join(bench.root, 'workspace'))
  })

  it('is no file of the workspace of the same name', async () => {
    await expect(run({ run: ['./a.txt'] })).rejects.toThrow('./a.txt was not loaded with the suite')
    expect(command.files?.({ run: ['agent', './a.txt'] })).toEqual([])
  })
})

describe('the end', () => {
  it('is a crash with the last lines of its output where the exit code is not 0', async () => {
    const { attempt } = await run({ run: 'echo working; seq 30 >&2; exit 4' })
    expect(attempt).toMatchObject({ stop: 'crash', exitCode: 4 })
    expect(attempt.message).toBe(`exit code 4\n${Array.from({ length: 10 }, (_, i) => i + 21).join('\n')}`)
  })

  it('is a crash where a signal ended it', async () => {
    expect((await run({ run: 'kill -SEGV $$' })).attempt).toMatchObject({
      stop: 'crash',
      message: 'ended by SIGSEGV',
      exitCode: null,
    })
  })

  it('is a timeout that keeps what was said until then', async () => {
    const limits = { timeoutMs: 300, maxCostUsd: null, maxTurns: null }
    const result = await run({ run: 'echo so far; sleep 100' }, { limits })
    expect(result.attempt).toMatchObject({ stop: 'timeout', message: expect.stringContaining('300 ms') })
    expect(result.transcript[1]).toMatchObject({ role: 'assistant', text: 'so far' })
  })

  it('is a crash where it floods its output', async () => {
    const limited: Partial<HarnessInput> = {
      exec: request => bench.input().exec({ ...request, maxOutputBytes: 1000 }),
    }
    const result = await run({ run: 'yes' }, limited)
    expect(result.attempt).toMatchObject({ stop: 'crash', message: expect.stringContaining('more output') })
  })

  it.each([
    ['a missing program', ['no-such-agent'], 'no-such-agent was not found'],
    ['a missing command of a shell line', 'no-such-agent --now', /exit code 127.*no-such-agent --now/],
    ['a script that cannot find its agent', ['sh', '-c', 'no-such-agent'], /exit code 127[^]*no-such-agent/],
  ])('is an infrastructure error for %s', async (_what, line, message) => {
    const failure = run({ run: line })
    await expect(failure).rejects.toThrow(InfraError)
    await expect(failure).rejects.toThrow(message)
  })

  it('is an infrastructure error where the run is interrupted', async () => {
    const stop = new AbortController()
    const running = run({ run: 'sleep 100' }, { signal: stop.signal })
    setTimeout(() => stop.abort(), 200)
    await expect(running).rejects.toThrow('interrupted')
  })
})

describe('what the agent reports', () => {
  const reporting = (usage: string, more = '') =>
    run({ run: `cat > "$AGENT_EVAL_USAGE_FILE" <<'END'\n${usage}\nEND\n${more}` })

  it('is its usage, where unknown keys do no harm and missing ones are unknown', async () => {
    const { attempt } = await reporting(
      '{"inputTokens": 100, "outputTokens": 7, "costUsd": 0.5, "turns": 2, "model": "m9", "version": "1.2", "x": 1}',
    )
    expect(attempt).toMatchObject({
      message: null,
      costUsd: 0.5,
      costSource: 'harness',
      turns: 2,
      observedModel: 'm9',
      agentVersion: '1.2',
      usage: {
        inputTokens: 100,
        cacheReadTokens: null,
        cacheWriteTokens: null,
        outputTokens: 7,
        reasoningTokens: null,
      },
    })
    Attempt.parse(attempt)
  })

  it.each([
    ['no JSON', 'tokens: 5'],
    ['a wrong type', '{"inputTokens": "many"}'],
    ['a negative number', '{"costUsd": -1}'],
  ])('is a warning and unknown usage for %s', async (_what, usage) => {
    const { attempt } = await reporting(usage)
    expect(attempt).toMatchObject({ stop: 'finished', usage: null, costUsd: null, costSource: null })
    expect(attempt.message).toMatch(/^usage is unknown: /)
  })

  it('is a warning where it was promised and did not come, or is a link to another file', async () => {
    expect((await run({ run: 'true' })).attempt.message).toBeNull()
    const missing = await run({ run: 'true', usage: 'file' })
    expect(missing.attempt).toMatchObject({ usage: null, message: expect.stringContaining('did not write') })
    const linked = await run({ run: 'echo "{}" > u; ln -s "$PWD/u" "$AGENT_EVAL_USAGE_FILE"', usage: 'file' })
    expect(linked.attempt.message).toContain('did not write')
  })

  it('is its transcript, in place of its output', async () => {
    const events = [
      { type: 'message', role: 'assistant', text: 'Looking.' },
      { type: 'tool_call', id: '1', tool: 'read', input: { path: 'a.txt' }, atMs: 5 },
      { type: 'tool_result', id: '1', output: 'a' },
    ]
    const lines = [...events.map(event => JSON.stringify(event)), 'garbage', '{"type":"dance"}'].join('\n')
    const result = await run({
      run: `cat > "$AGENT_EVAL_TRANSCRIPT_FILE" <<'END'\n${lines}\nEND\necho output`,
    })
    expect(result.transcript).toEqual([
      { type: 'message', role: 'user', text: 'Fix it.', atMs: 0 },
      { ...events[0], atMs: null },
      events[1],
      { ...events[2], isError: null, atMs: null },
    ])
    expect(result.attempt).toMatchObject({ toolCalls: 1, message: expect.stringContaining('2 line(s)') })
    for (const event of result.transcript) TranscriptEvent.parse(event)
  })

  it('is its output where there is no transcript: the end of it', async () => {
    const result = await run({ run: 'yes word | head -c 200000; echo last' })
    expect(result.transcript).toHaveLength(2)
    const [, message] = result.transcript
    expect(message?.type === 'message' && message.text.length).toBeLessThanOrEqual(64 * 1024)
    expect(message).toMatchObject({ role: 'assistant', text: expect.stringMatching(/word\nwordlast$|last$/) })
    expect(result.attempt.toolCalls).toBeNull()
  })
})

it('tells whether the program is there without running it', async () => {
  expect(await command.probe({ run: ['sh', '-c', 'exit 1'] })).toMatchObject({ ok: true })
  expect(await command.probe({ run: ['no-such-agent'] })).toMatchObject({
    ok: false,
    message: 'no-such-agent was not found: install it, or name it with its path',
  })
  expect(await command.probe({ run: ['./agent.sh'] })).toMatchObject({ ok: true })
})
