import { cline } from './cline.ts'
import { proveRealAgent, type RealAgent } from './testing/real-agent.ts'
import { proveRealRequests } from './testing/real-requests.ts'

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
  // It keeps statuses to itself and asks again for a minute without a word: that is left to the gateway.
  ends: {
    'a refused key': { stop: 'refused', message: 'Incorrect API key' },
    'an unknown model': { stop: 'crash', message: 'No such model' },
    'a rate limit': { stop: 'timeout', message: '' },
    'a broken service': { stop: 'timeout', message: '' },
    'a dropped connection': { stop: 'timeout', message: '' },
  },
}

proveRealAgent(agent)
proveRealRequests(agent, {
  prompts: ['-fix', 'fix'],
  effort: { level: 'high', seen: /"reasoning_effort":"high"/ },
  ways: [],
})
