import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HarnessInput } from '../contracts.ts'
import { pi } from './pi.ts'
import { openBench, type Bench } from './testing/input.ts'
import { startModelServer, type ModelServer, type Reply } from './testing/model-server.ts'

/** A folder whose node_modules/.bin holds pi. */
const agents = process.env.AGENT_EVAL_TEST_AGENTS
const reason = agents ? '' : ' (skipped: set AGENT_EVAL_TEST_AGENTS to a folder where pi is installed)'

describe.skipIf(!agents)(`the real pi with a scripted model${reason}`, () => {
  let bench: Bench
  let server: ModelServer | null = null
  beforeEach(async () => {
    bench = await openBench({
      'AGENTS.md': 'Always say please.\n',
      '.agents/skills/dates/SKILL.md':
        '---\nname: dates\ndescription: How dates are parsed here.\n---\nUse UTC.\n',
    })
    // pi tries again for up to 20 s; here it need not.
    await mkdir(join(bench.root, 'home', '.pi', 'agent'), { recursive: true })
    await writeFile(
      join(bench.root, 'home', '.pi', 'agent', 'settings.json'),
      JSON.stringify({ retry: { enabled: false, provider: { maxRetries: 0 } } }),
    )
  })
  afterEach(async () => {
    await server?.close()
    await bench.clean()
  })

  async function run(replies: Reply[], change: Partial<HarnessInput> = {}) {
    server = await startModelServer(replies)
    const provider = { baseUrl: `${server.url}/v1`, api: 'openai-completions', apiKeyEnv: 'MY_KEY' }
    const config = pi.config.parse({ bin: join(agents ?? '', 'node_modules', '.bin', 'pi'), provider })
    return pi.run(bench.input({ env: { ...bench.input().env, MY_KEY: 'k1' }, ...change }), config)
  }

  it('works in the workspace, with its context file and skills, and reports what it did', async () => {
    const replies: Reply[] = [
      { run: 'echo one > one.txt' },
      { write: { path: 'two.txt', content: 'two\n' } },
      { say: 'Both files are there.' },
    ]
    const { attempt, transcript } = await run(replies, { prompt: '@make -p two files' })
    expect(await readFile(join(bench.root, 'workspace', 'one.txt'), 'utf8')).toBe('one\n')
    expect(await readFile(join(bench.root, 'workspace', 'two.txt'), 'utf8')).toBe('two\n')
    expect(attempt).toMatchObject({
      stop: 'finished',
      message: null,
      exitCode: 0,
      turns: 3,
      toolCalls: 2,
      costUsd: null,
      costSource: null,
      observedModel: 'm1',
      agentVersion: expect.stringMatching(/^\d+\.\d+\.\d+/),
      usage: { inputTokens: 702, cacheReadTokens: 3000, cacheWriteTokens: 0, outputTokens: 168 },
    })
    expect(transcript[0]).toMatchObject({ role: 'user', text: '@make -p two files' })
    expect(transcript.at(-1)).toMatchObject({ role: 'assistant', text: 'Both files are there.' })
    expect(server?.calls[0]?.authorization).toBe('Bearer k1')
    const sent = JSON.stringify(server?.calls[0]?.body.messages)
    expect(sent).toContain('Always say please.')
    expect(sent).toContain('How dates are parsed here.')
  })

  it.each<[string, Reply, boolean, string]>([
    ['a refused key', { status: 401, message: 'Incorrect API key' }, false, '401'],
    ['a rate limit', { status: 429, message: 'Too fast' }, true, '429'],
    ['a broken service', { status: 500, message: 'boom' }, true, '500'],
    ['a dropped connection', 'drop', true, 'Connection error'],
  ])('blames the service for %s', async (_what, reply, transient, words) => {
    await expect(run([{ run: 'true' }, reply])).rejects.toMatchObject({
      name: 'InfraError',
      transient,
      message: expect.stringContaining(words),
    })
  })

  it('crashes on an answer that is no answer', async () => {
    expect((await run(['garbage'])).attempt).toMatchObject({ stop: 'crash', turns: 0, exitCode: 0 })
  })

  it('is stopped at the time limit while the service hangs, with the command that it left behind', async () => {
    const limits = { timeoutMs: 4000, maxCostUsd: null, maxTurns: null }
    const { attempt } = await run([{ run: 'sleep 1000 & echo $! > pid.txt' }, 'hang'], { limits })
    expect(attempt).toMatchObject({ stop: 'timeout', turns: 1 })
    const pid = Number(await readFile(join(bench.root, 'workspace', 'pid.txt'), 'utf8'))
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State:\tZ')
    expect(status).toMatch(/State:\s+[ZX]/)
  })

  it('is stopped before the turn after the last allowed one', async () => {
    const limits = { timeoutMs: 30_000, maxCostUsd: null, maxTurns: 2 }
    // It would go on for ever.
    const { attempt } = await run([{ run: 'sleep 0.2' }], { limits })
    expect(attempt).toMatchObject({ stop: 'limit', turns: 2 })
  })
})
