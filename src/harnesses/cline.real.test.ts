import { cline } from './cline.ts'
import { proveRealAgent, type RealAgent } from './testing/real-agent.ts'

const agent: RealAgent = {
  program: 'cline',
  harness: cline,
  model: 'm1',
  api: 'openai-chat',
  claims: usage => ({ ...usage, cacheWriteTokens: 0, reasoningTokens: null }),
  // By their names alone.
  startMs: 3_0000,
  listsSkills: false,
  leaks: {
    home: ['.agents/AGENTS.md', '.agents/skills/x/SKILL.md', 'Documents/Cline/Rules/a.md'],
    above: ['AGENTS.md', '.clinerules/a.md', '.agents/skills/x/SKILL.md'],
    refusesAbove: false,
  },
}

proveRealAgent(agent)
