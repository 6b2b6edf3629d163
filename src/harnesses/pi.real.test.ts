import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ModelApi } from '../model/service.ts'
import { startModelServer } from '../rehearsal/server.ts'
import { writeTree } from '../util/file-tree.ts'
import { pi } from './pi.ts'
import { filesOf } from './testing/input.ts'
import { findAgent, openRealAgent, proveRealAgent, type RealAgent } from './testing/real-agent.ts'

const agent: RealAgent = {
  program: 'pi',
  harness: pi,
  model: 'm1',
  api: 'openai-chat',
  // Where none are told it says 0, and 0.73 says nothing of reasoning.
  claims: (usage, version) => ({
    ...usage,
    cacheWriteTokens: 0,
    ...(version.startsWith('0.73') ? { reasoningTokens: null } : {}),
  }),
  listsSkills: true,
  leaks: {
    home: [
      '.pi/agent/AGENTS.md',
      '.agents/AGENTS.md',
      '.pi/agent/skills/x/SKILL.md',
      '.agents/skills/x/SKILL.md',
    ],
    above: ['AGENTS.md'],
    refusesAbove: true,
  },
}

proveRealAgent(agent)

const { isMissing } = findAgent('pi')
describe.skipIf(isMissing)('the real pi', () => {
  const real = openRealAgent(agent)

  it.each<[ModelApi, string | null]>([
    ['openai-responses', null],
    ['gemini', 'google/gemini-2.5-flash'],
    // Names that it knows: what it knows of the model holds, only the address is another.
    ['anthropic', 'anthropic/claude-sonnet-4-5'],
    ['openai-responses', 'openai/gpt-5.1'],
    // A name at a service that gathers many.
    ['openai-chat', 'anthropic/claude-sonnet-4-5'],
    ['anthropic', 'anthropic/a-model-of-tomorrow'],
  ])('speaks %s, with the model %s', async (api, model) => {
    const { attempt, server } = await real.run(
      [{ tools: [{ run: 'echo 1 > 1' }, { run: 'echo 2 > 2' }] }, { say: 'Done.' }],
      { model: model ?? 'm1' },
      { api },
    )
    expect(attempt).toMatchObject({ stop: 'finished', turns: 2, toolCalls: 2 })
    expect(server.calls.map(call => call.api)).toEqual([api, api])
    const { headers } = server.calls[0] ?? {}
    expect(JSON.stringify(headers)).toContain('dummy-key')
    expect(attempt.usage).toMatchObject({
      inputTokens: server.usage()?.inputTokens,
      cacheReadTokens: server.usage()?.cacheReadTokens,
      outputTokens: server.usage()?.outputTokens,
    })
  })

  it('is stopped before the turn after the last allowed one, where no gateway sees to it', async () => {
    const limits = { timeoutMs: 30_000, maxCostUsd: null, maxTurns: 2 }
    // It would go on for ever.
    const server = await startModelServer([{ run: 'sleep 0.2' }])
    const models = {
      baseUrl: `${server.url}/v1`,
      api: 'openai-completions',
      apiKey: 'k',
      models: [{ id: 'm1' }],
    }
    await writeTree(
      join(real.bench.root, 'home'),
      filesOf({ '.pi/agent/models.json': JSON.stringify({ providers: { own: models } }) }),
    )
    const config = pi.config.parse({ bin: findAgent('pi').bin, args: ['--provider', 'own'] })
    try {
      const { attempt } = await pi.run(real.bench.input({ limits }), config)
      expect(attempt).toMatchObject({ stop: 'limit', turns: 2 })
    } finally {
      await server.close()
    }
  })
})
