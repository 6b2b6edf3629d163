import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Harness, HarnessInput, HarnessResult } from '../../contracts.ts'
import type { ModelApi } from '../../model/service.ts'
import { Attempt, TranscriptEvent, type Stop } from '../../model/trial.ts'
import type { Usage } from '../../model/usage.ts'
import type { Script } from '../../rehearsal/script.ts'
import type { ServerOptions } from '../../rehearsal/give.ts'
import { startModelServer, type ModelServer } from '../../rehearsal/server.ts'
import type { CliConfig } from '../agent-cli.ts'
import { openBench, type Bench } from './input.ts'

/** Where a program of an agent is, and else why tests of it are skipped. `AGENT_EVAL_TEST_AGENTS` names folders with a node_modules. */
export function findAgent(program: string): { bin: string; isMissing: boolean; why: string } {
  const folders = (process.env['AGENT_EVAL_TEST_AGENTS'] ?? '').split(delimiter).filter(Boolean)
  const bins = folders.map(folder => join(folder, 'node_modules', '.bin', program))
  const bin = bins.find(path => existsSync(path))
  const why = ` (skipped: AGENT_EVAL_TEST_AGENTS names no folder where ${program} is installed)`
  return { bin: bin ?? program, isMissing: bin === undefined, why: bin === undefined ? why : '' }
}

export interface RealAgent {
  program: string
  harness: Harness<CliConfig>
  /** A model's name, which need not be known to the agent. */
  model: string
  api: ModelApi
  /** What the agent can tell of what its service reported; the rest is null. */
  claims(reported: Usage, version: string): Usage
  /** Whether the model is told of a skill before it is read. */
  listsSkills: boolean
  /** Files that must not be read: by their path in a HOME that is not the trial's, and in a folder above the workspace. */
  leaks: { home: readonly string[]; above: readonly string[]; refusesAbove: boolean }
  /** What its model calls for the tool `lookup` of the server `dict`; default: that tool, by a name that ends so. */
  lookUp?: readonly { use: string; input: Record<string, unknown> }[]
  /** Until it has called its first tool, on a busy machine. Default: 6000. */
  startMs?: number
  /** How it ends when its model's service fails, where that is not as it is for most. */
  ends?: Partial<Record<keyof typeof failures, { stop: Stop; message: string }>>
}

export interface RealRun extends HarnessResult {
  server: ModelServer
  /** Paths in the workspace after the agent has ended. */
  files: string[]
}

export interface RealBench {
  bench: Bench
  run(
    script: Script,
    change?: Partial<HarnessInput>,
    options?: ServerOptions & { api?: ModelApi; args?: string[] },
  ): Promise<RealRun>
}

const failures = {
  'a refused key': { reply: { status: 401, message: 'Incorrect API key' }, stop: 'refused', message: '401' },
  'an unknown model': { reply: { status: 404, message: 'No such model' }, stop: 'refused', message: '404' },
  'a rate limit': { reply: { status: 429, message: 'Too fast' }, stop: 'model-error', message: '429' },
  'a broken service': { reply: { status: 500, message: 'boom' }, stop: 'model-error', message: '' },
  'a dropped connection': { reply: 'drop', stop: 'model-error', message: '' },
  'an error within the stream': { reply: { failing: 'Overloaded' }, stop: 'model-error', message: '' },
} as const

const skill =
  '---\nname: dates\ndescription: How dates are parsed in this house.\n---\nUse UTC for blue-owl-71.\n'

/** Hooks for tests of an agent that is there: a new bench for each, and its server closed. */
export function openRealAgent({ harness, program, model, api }: RealAgent): RealBench {
  const open: { bench: Bench | null; server: ModelServer | null } = { bench: null, server: null }
  beforeEach(async () => {
    const { instructions, skills } = harness.layout
    open.bench = await openBench({
      [instructions]: 'Always say please to brown-fox-42.\n',
      [`${skills}/dates/SKILL.md`]: skill,
    })
    // Agents look upwards for instructions and skills until they come to the root of a repository.
    await execa('git', ['init', '--quiet'], { cwd: join(open.bench.root, 'workspace') })
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await open.server?.close()
    await open.bench?.clean()
  })
  const bench = (): Bench => {
    if (!open.bench) throw new Error('a bench is there only within a test')
    return open.bench
  }
  return {
    get bench() {
      return bench()
    },
    async run(script, change = {}, options = {}) {
      const server = await startModelServer(script, options)
      open.server = server
      const config = harness.config.parse({ bin: findAgent(program).bin, args: options.args ?? [] })
      const input = bench().input({ model, service: server.access(options.api ?? api), ...change })
      const result = await harness.run(input, config)
      Attempt.parse(result.attempt)
      for (const event of result.transcript) TranscriptEvent.parse(event)
      return { ...result, server, files: await filesIn(input.workspace) }
    },
  }
}

/** What has to hold for every agent that is driven by its command line, tried with the real one. */
export function proveRealAgent(agent: RealAgent): void {
  const { program, harness, leaks, claims, listsSkills } = agent
  const { isMissing, why } = findAgent(program)

  describe.skipIf(isMissing)(`the real ${program} with a scripted model${why}`, () => {
    const real = openRealAgent(agent)
    const own = [harness.layout.instructions, `${harness.layout.skills}/dates/SKILL.md`]

    it('works in its workspace, knows its instructions and skills, and tells what it did', async () => {
      await plant(real.bench, 'outside-home', leaks.home, 'pink-cat-99 of another home')
      vi.stubEnv('HOME', join(real.bench.root, 'outside-home'))
      const { attempt, transcript, server, files } = await real.run(
        [
          { think: 'Two of them.', run: 'echo one > one.txt' },
          { say: 'Now the other.', tools: [{ write: { path: 'two.txt', content: 'two\n' } }] },
          { say: 'Both files are there.' },
        ],
        { prompt: '@make -p two files', limits: { timeoutMs: 55_000, maxCostUsd: null, maxTurns: null } },
      )
      expect(server.mistakes).toEqual([])
      expect(attempt).toMatchObject({ stop: 'finished', message: null, exitCode: 0, toolCalls: 2 })
      expect(await readFile(join(real.bench.root, 'workspace', 'one.txt'), 'utf8')).toBe('one\n')
      expect(await readFile(join(real.bench.root, 'workspace', 'two.txt'), 'utf8')).toBe('two\n')
      expect(files).toEqual([...own, 'one.txt', 'two.txt'].toSorted())
      expect(attempt.agentVersion).toMatch(/^\d+\.\d+\.\d+/)
      expect(attempt.agentSha256).toMatch(/^[0-9a-f]{64}$/)
      const reported = server.usage()
      expect(attempt.usage).toEqual(reported && claims(reported, attempt.agentVersion ?? ''))
      expect(transcript[0]).toMatchObject({
        role: 'user',
        text: expect.stringContaining('@make -p two files'),
      })
      expect(transcript.at(-1)).toMatchObject({ role: 'assistant', text: 'Both files are there.' })
      expect(transcript.map(event => event.type)).toContain('tool_result')
      const sent = server.calls[0]?.text ?? ''
      expect(sent).toContain('@make -p two files')
      expect(sent.split('brown-fox-42').length - 1).toBe(1)
      expect(sent.includes('How dates are parsed in this house.')).toBe(listsSkills)
      expect(sent).not.toContain('blue-owl-71')
      expect(server.calls.map(call => call.text).join('')).not.toContain('pink-cat-99')
      // The key stands in no file that is kept.
      for (const log of await readdir(join(real.bench.root, 'logs')))
        expect(readFileSync(join(real.bench.root, 'logs', log), 'utf8')).not.toContain('dummy-key')
    })

    it.skipIf(!harness.supports.mcp)('uses a server of its setup', async () => {
      const command = [process.execPath, join(import.meta.dirname, 'mcp-server.mjs')]
      const { lookUp = [{ use: 'lookup', input: { word: 'owl' } }] } = agent
      const { attempt, transcript, server } = await real.run([...lookUp, { say: 'A bird.' }], {
        mcp: { dict: { command, env: { MCP_ANSWER: 'a "bird"' } } },
      })
      expect(server.mistakes).toEqual([])
      expect(attempt).toMatchObject({ stop: 'finished', toolCalls: lookUp.length })
      expect(server.calls[lookUp.length]?.text).toContain('owl: a')
      expect(transcript).toContainEqual(
        expect.objectContaining({ type: 'tool_result', output: expect.stringContaining('owl: a "bird"') }),
      )
    })

    it('keeps what stands above its workspace out, or refuses to start', async () => {
      await plant(real.bench, '.', leaks.above, 'grey-dog-13 of a folder above')
      const running = real.run([{ say: 'Done.' }])
      const sent = await running.then(
        ({ server }) => server.calls.map(call => call.text).join(''),
        (error: unknown) => String(error),
      )
      expect(sent).not.toContain('grey-dog-13')
      expect(/stands above its workspace/.test(sent)).toBe(leaks.refusesAbove)
    })

    it.each(Object.entries(failures))('ends rightly after %s', async (what, { reply, stop, message }) => {
      const expected = agent.ends?.[what as keyof typeof failures] ?? { stop, message }
      const { attempt } = await real.run([{ run: 'true' }, reply])
      expect(attempt).toMatchObject({
        stop: expected.stop,
        message: expect.stringContaining(expected.message),
      })
      expect(attempt.toolCalls).toBe(1)
    })

    it('does not succeed on an answer that is no answer', async () => {
      const { attempt } = await real.run(['garbage'])
      expect(['crash', 'model-error']).toContain(attempt.stop)
    })

    it('is stopped at the time limit while the service hangs, with the command that it left behind', async () => {
      const limits = { timeoutMs: agent.startMs ?? 15_000, maxCostUsd: null, maxTurns: null }
      const { attempt } = await real.run(
        [{ run: 'tail -f /dev/null >/dev/null 2>&1 & echo $! > pid.txt' }, 'hang'],
        { limits },
      )
      expect(attempt).toMatchObject({ stop: 'timeout', toolCalls: 1 })
      const pid = Number(await readFile(join(real.bench.root, 'workspace', 'pid.txt'), 'utf8'))
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State:\tZ')
      expect(status).toMatch(/State:\s+[ZX]/)
    })
  })
}

async function plant(bench: Bench, folder: string, paths: readonly string[], text: string): Promise<void> {
  for (const path of paths) {
    const file = join(bench.root, folder, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(
      file,
      path.endsWith('SKILL.md') ? `---\nname: leak\ndescription: ${text}\n---\nx\n` : `${text}\n`,
    )
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => !entry.isDirectory())
    .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter(path => !path.startsWith('.git/'))
    .toSorted()
}
