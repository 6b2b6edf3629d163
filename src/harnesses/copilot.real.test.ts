import { copilot } from './copilot.ts'
import { proveRealAgent, type RealAgent } from './testing/real-agent.ts'
import { proveRealRequests } from './testing/real-requests.ts'

const agent: RealAgent = {
  program: 'copilot',
  harness: copilot,
  model: 'm1',
  api: 'openai-chat',
  claims: usage => ({ ...usage, cacheWriteTokens: 0 }),
  startMs: 25_000,
  listsSkills: true,
  leaks: {
    home: ['.copilot/copilot-instructions.md', '.copilot/skills/x/SKILL.md', '.agents/skills/x/SKILL.md'],
    above: ['AGENTS.md', 'CLAUDE.md', '.github/copilot-instructions.md', '.agents/skills/x/SKILL.md'],
    refusesAbove: false,
  },
}

proveRealAgent(agent)
proveRealRequests(agent, {
  prompts: ['--help', 'fix'],
  effort: { level: 'high', seen: /"reasoning_effort":"high"/ },
  ways: [
    ['openai-responses', 'gpt-5.4'],
    ['anthropic', 'claude-sonnet-4-5'],
  ],
})
