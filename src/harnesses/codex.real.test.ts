import { codex } from './codex.ts'
import { proveRealAgent, type RealAgent } from './testing/real-agent.ts'

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
