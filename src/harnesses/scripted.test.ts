import { readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HarnessInput } from '../contracts.ts'
import { InfraError, UserError } from '../errors.ts'
import { Attempt, TranscriptEvent } from '../model/trial.ts'
import { scripted } from './scripted.ts'
import type { Branch, Step } from './scripted-schema.ts'
import { filesOf, openBench, type Bench } from './testing/input.ts'

let bench: Bench
beforeEach(async () => {
  bench = await openBench({
    'src/add.js': 'exports.add = (a, b) => a - b\n',
    'AGENTS.md': 'Be careful.\n',
    '.agents/skills/math/SKILL.md': 'Addition uses +.\n',
  })
})
afterEach(() => bench.clean())

const run = (config: unknown, change: Partial<HarnessInput> = {}) =>
  scripted.run(bench.input(change), scripted.config.parse(config))
const play = (steps: Step[], change: Partial<HarnessInput> = {}) =>
  run({ tasks: { '*': [{ steps }] } }, change)
const inWorkspace = (path: string): Promise<string> => readFile(join(bench.root, 'workspace', path), 'utf8')
const said = (result: { transcript: TranscriptEvent[] }): string[] =>
  result.transcript.flatMap(event =>
    event.type === 'message' && event.role === 'assistant' ? [event.text] : [],
  )
const toolResults = (result: { transcript: TranscriptEvent[] }) =>
  result.transcript.filter(event => event.type === 'tool_result')

describe('steps', () => {
  it('change real files and are told in the transcript, in order', async () => {
    const result = await play([
      { think: 'The sign is wrong.' },
      { read: 'src/add.js' },
      { replace: { path: 'src/add.js', find: 'a - b', with: 'a + b' } },
      { write: { path: 'docs/new/note.md', content: 'fixed\n' } },
      { delete: 'AGENTS.md' },
      { skill: 'math' },
      { say: 'Done.' },
    ])
    expect(await inWorkspace('src/add.js')).toBe('exports.add = (a, b) => a + b\n')
    expect(await inWorkspace('docs/new/note.md')).toBe('fixed\n')
    expect(await readdir(join(bench.root, 'workspace'))).not.toContain('AGENTS.md')
    expect(result.transcript.map(event => (event.type === 'tool_call' ? event.tool : event.type))).toEqual([
      'message',
      'reasoning',
      ...['read', 'replace', 'write', 'delete', 'skill'].flatMap(tool => [tool, 'tool_result']),
      'message',
    ])
    expect(toolResults(result)[0]?.output).toBe('exports.add = (a, b) => a - b\n')
    expect(toolResults(result)[4]?.output).toBe('Addition uses +.\n')
    expect(result.attempt).toMatchObject({
      stop: 'finished',
      message: null,
      toolCalls: 5,
      usage: null,
      costUsd: null,
      turns: null,
      agentVersion: 'scripted',
      observedModel: 'm1',
    })
    Attempt.parse(result.attempt)
    for (const event of result.transcript) TranscriptEvent.parse(event)
  })

  it('run real commands in the workspace, with the environment of the trial', async () => {
    const result = await play(
      [{ run: 'cat src/add.js; echo "$TOKEN" > made.txt' }, { run: ['sh', '-c', 'echo oops >&2; exit 3'] }],
      { env: { ...bench.input().env, TOKEN: 't1' } },
    )
    expect(await inWorkspace('made.txt')).toBe('t1\n')
    expect(toolResults(result)).toMatchObject([
      { output: 'exports.add = (a, b) => a - b\n[exit code 0]', isError: false },
      { output: 'oops\n[exit code 3]', isError: true },
    ])
    expect(await readFile(join(bench.root, 'logs', 'run-2.log'), 'utf8')).toBe('oops\n')
  })

  it('that fail are errors of a tool, and the script goes on', async () => {
    await writeFile(join(bench.root, 'secret'), 'secret')
    await symlink('../secret', join(bench.root, 'workspace', 'link'))
    const result = await play([
      { replace: { path: 'src/add.js', find: 'not there', with: 'x' } },
      { read: 'missing.txt' },
      { write: { path: '../escape.txt', content: 'x' } },
      { write: { path: 'link', content: 'x' } },
      { read: 'link' },
      { delete: '/etc/passwd' },
      { skill: 'unknown' },
      { run: ['no-such-program'] },
      { run: 'rm -rf "$PWD"' },
      { run: 'true' },
      { say: 'still here' },
    ])
    expect(toolResults(result).map(event => event.isError)).toEqual([
      ...Array.from({ length: 8 }, () => true),
      false,
      true,
    ])
    expect(said(result)).toEqual(['still here'])
    expect(await readFile(join(bench.root, 'secret'), 'utf8')).toBe('secret')
    expect(await readdir(bench.root)).not.toContain('escape.txt')
  })

  it('add usage up, and leave unknown what is never stated', async () => {
    const { attempt } = await play([
      { usage: { inputTokens: 10, outputTokens: 1, costUsd: 0.25, turns: 1 } },
      { usage: { inputTokens: 5, cacheReadTokens: 7, costUsd: 0.25, turns: 2 } },
    ])
    expect(attempt).toMatchObject({ costUsd: 0.5, costSource: 'harness', turns: 3 })
    expect(attempt.usage).toEqual({
      inputTokens: 15,
      cacheReadTokens: 7,
      cacheWriteTokens: null,
      outputTokens: 1,
      reasoningTokens: null,
    })
  })
})

describe('the end of an attempt', () => {
  it('is a crash with its message', async () => {
    const result = await play([{ say: 'a' }, { crash: 'out of memory' }, { say: 'b' }])
    expect(result.attempt).toMatchObject({ stop: 'crash', message: 'out of memory' })
    expect(said(result)).toEqual(['a'])
  })

  it.each<[string, Step[]]>([
    ['a hanging agent', [{ hang: true }]],
    ['a long sleep', [{ sleep: '1h' }]],
    ['a command that does not end', [{ run: 'sleep 100' }]],
  ])('is a timeout for %s', async (_what, steps) => {
    const limits = { timeoutMs: 300, maxCostUsd: null, maxTurns: null }
    const result = await play([...steps, { say: 'never' }], { limits })
    expect(result.attempt).toMatchObject({ stop: 'timeout', message: expect.stringContaining('300 ms') })
    expect(said(result)).toEqual([])
  })

  it('is a limit where more was spent than allowed, not where all of it was', async () => {
    const limits = { timeoutMs: 30_000, maxCostUsd: 1, maxTurns: 3 }
    const spend = (costUsd: number, turns: number) =>
      play([{ usage: { costUsd, turns } }, { say: 'next' }], { limits })
    expect((await spend(1, 3)).attempt.stop).toBe('finished')
    expect((await spend(1.5, 1)).attempt).toMatchObject({ stop: 'limit', costUsd: 1.5 })
    expect((await spend(0.5, 4)).attempt).toMatchObject({
      stop: 'limit',
      message: expect.stringContaining('maxTurns'),
    })
  })

  it.each<[string, Step[]]>([
    ['sleeps', [{ hang: true }]],
    ['runs a command', [{ run: 'sleep 100' }]],
  ])('is an infrastructure error where the run is interrupted while it %s', async (_what, steps) => {
    const stop = new AbortController()
    const running = play(steps, { signal: stop.signal })
    setTimeout(() => stop.abort(), 200)
    await expect(running).rejects.toThrow(InfraError)
  })

  it('is an infrastructure error where the script says so, as often as it says', async () => {
    const steps: Step[] = [{ fail: 'service is down', transient: true, times: 2 }, { say: 'back' }]
    const change = { trial: { ...bench.input().trial, id: 'fix/bare/fails-twice' } }
    for (let i = 0; i < 2; i++) {
      await expect(play(steps, change)).rejects.toMatchObject({ message: 'service is down', transient: true })
    }
    expect(said(await play(steps, change))).toEqual(['back'])
    await expect(play([{ fail: 'for good' }])).rejects.toMatchObject({ transient: false })
  })
})

describe('branches', () => {
  const saying = (text: string, rest: Omit<Branch, 'steps'> = {}): Branch => ({
    ...rest,
    steps: [{ say: text }],
  })

  it('are tried in order, by what is in the workspace and by the setup', async () => {
    const tasks = {
      fix: [
        saying('other setup', { if: { setup: 'guided' } }),
        saying('has b', { if: { exists: 'b' } }),
        saying('careful', { if: { contains: { 'AGENTS.md': 'careful', 'src/add.js': 'add' } } }),
        saying('else'),
      ],
      '*': [saying('any task')],
    }
    expect(said(await run({ tasks }))).toEqual(['careful'])
    await writeFile(join(bench.root, 'workspace', 'b'), '')
    expect(said(await run({ tasks }))).toEqual(['has b'])
    const trial = { ...bench.input().trial, setup: 'guided' }
    expect(said(await run({ tasks }, { trial }))).toEqual(['other setup'])
    expect(said(await run({ tasks }, { trial: { ...trial, task: 'another' } }))).toEqual(['any task'])
  })

  it('are drawn by chance with the seed of the trial: the same again, and as often as stated', async () => {
    const tasks = { '*': [saying('heads', { chance: 0.25 }), saying('tails')] }
    const draw = async (seed: number) =>
      said(await run({ tasks }, { trial: { ...bench.input().trial, seed } }))[0]
    const draws = await Promise.all(Array.from({ length: 400 }, (_, seed) => draw(seed)))
    expect(await Promise.all(Array.from({ length: 400 }, (_, seed) => draw(seed)))).toEqual(draws)
    const heads = draws.filter(text => text === 'heads').length
    // 100 expected; four standard deviations are 35.
    expect(heads).toBeGreaterThan(65)
    expect(heads).toBeLessThan(135)
  })

  it('crash with a clear message where there is none for the task', async () => {
    expect((await run({ tasks: { other: [saying('x')] } })).attempt).toMatchObject({
      stop: 'crash',
      message: 'the script has no branch for task fix, and none for "*"',
    })
    expect((await run({ tasks: { fix: [saying('x', { chance: 0 })] } })).attempt).toMatchObject({
      stop: 'crash',
      message: expect.stringContaining('no branch of the script applies'),
    })
  })
})

describe('configuration', () => {
  it('reads the script from a file of the suite', async () => {
    const files = filesOf({ 'agent/script.yaml': 'tasks:\n  fix:\n    - steps: [{ say: from the file }]\n' })
    const config = { script: './agent/script.yaml' }
    expect(scripted.files?.(config)).toEqual(['./agent/script.yaml'])
    expect(said(await run(config, { files }))).toEqual(['from the file'])
  })

  it('tells all mistakes of a script file with their places', async () => {
    const text =
      'tasks:\n  fix:\n    - steps: [{ say: 1 }, { jump: high }, { say: a, read: b }, { sleep: 5 years }]\n'
    const failure = await run({ script: 's.yaml' }, { files: filesOf({ 's.yaml': text }) }).catch(
      (error: unknown) => error,
    )
    expect(failure).toBeInstanceOf(UserError)
    expect(String(failure)).toMatch(/s\.yaml: tasks\.fix\.0\.steps\.0\.say: .*expected string/)
    expect(String(failure)).toMatch(/steps\.1: .*"jump"/)
    expect(String(failure)).toContain('steps.2: expected one of say, think, write')
    expect(String(failure)).toContain('steps.3.sleep: expected a duration')
  })

  it('asks for a script or for tasks, not both', () => {
    expect(scripted.config.safeParse({}).success).toBe(false)
    expect(scripted.config.safeParse({ script: 'a', tasks: {} }).success).toBe(false)
    expect(scripted.config.safeParse({ script: 'a', unknown: 1 }).success).toBe(false)
  })

  it('is always there', async () => {
    expect(await scripted.probe({ tasks: {} })).toMatchObject({ ok: true, version: 'scripted' })
  })
})
