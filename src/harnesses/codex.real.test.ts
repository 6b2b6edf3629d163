import { describe, expect, it } from 'vitest'
import { codex } from './codex.ts'
import { findAgent, openRealAgent, proveRealAgent, type RealAgent } from './testing/real-agent.ts'

const agent: RealAgent = {
  program: 'codex',
  harness: codex,
  model: 'm1',
  api: 'openai-responses',
  // Where none are told it says 0.
  claims: usage => ({ ...usage, cacheWriteTokens: 0 }),
  listsSkills: true,
  leaks: {
    home: ['.codex/AGENTS.md', '.agents/AGENTS.md', '.codex/skills/x/SKILL.md', '.agents/skills/x/SKILL.md'],
    above: ['AGENTS.md'],
    refusesAbove: false,
  },
}

proveRealAgent(agent)

describe.skipIf(findAgent('codex').isMissing)('the real codex', () => {
  const real = openRealAgent(agent)

  it('has its own way of writing files and its effort with a model that it knows, and tells of cache writes', async () => {
    const { attempt, transcript, server } = await real.run(
      [{ write: { path: 'new.txt', content: 'new\n' } }, { say: 'Done.' }],
      { model: 'gpt-5.5', effort: 'low' },
      { cacheWrites: true },
    )
    expect(attempt).toMatchObject({ stop: 'finished', usage: server.usage() })
    expect(attempt.usage?.cacheWriteTokens).toBeGreaterThan(0)
    expect(transcript).toContainEqual(expect.objectContaining({ type: 'tool_call', tool: 'file_change' }))
    expect(server.calls[0]?.body['reasoning']).toMatchObject({ effort: 'low' })
    // It asks nothing else of its service.
    expect(server.others).toEqual([])
  })
})
