import { opencode } from './opencode.ts'
import { proveRealAgent, type RealAgent } from './testing/real-agent.ts'
import { proveRealRequests } from './testing/real-requests.ts'

const agent: RealAgent = {
  program: 'opencode',
  harness: opencode,
  model: 'm1',
  api: 'openai-chat',
  claims: usage => ({ ...usage, cacheWriteTokens: 0 }),
  startMs: 4_0000,
  listsSkills: true,
  leaks: {
    home: ['.config/opencode/AGENTS.md', '.claude/CLAUDE.md', '.agents/skills/x/SKILL.md'],
    above: ['AGENTS.md', 'CLAUDE.md', '.agents/skills/x/SKILL.md', '.opencode/skills/x/SKILL.md'],
    refusesAbove: false,
  },
  // It tells no status while it asks again.
  ends: { 'a rate limit': { stop: 'model-error', message: 'Too fast' } },
}

proveRealAgent(agent)
proveRealRequests(agent, {
  prompts: ['--help'],
  effort: { level: 'high', seen: /"reasoning_effort":"high"/ },
  ways: [
    ['openai-responses', 'openai/gpt-5'],
    ['anthropic', 'anthropic/claude-sonnet-4-5'],
    ['gemini', 'm1'],
  ],
})
