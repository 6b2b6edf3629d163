import { claudeCode } from './claude-code.ts'
import { proveRealAgent, type RealAgent } from './testing/real-agent.ts'
import { proveRealRequests } from './testing/real-requests.ts'

const agent: RealAgent = {
  program: 'claude',
  harness: claudeCode,
  // It offers the tools of servers once they were searched for.
  lookUp: [
    { use: 'ToolSearch', input: { query: 'select:mcp__dict__lookup' } },
    { use: 'lookup', input: { word: 'owl' } },
  ],
  model: 'claude-opus-4-6',
  api: 'anthropic',
  claims: usage => usage,
  startMs: 2_0000,
  listsSkills: true,
  leaks: {
    home: ['.claude/CLAUDE.md', '.claude/skills/x/SKILL.md', '.claude/rules/a.md'],
    above: [
      'CLAUDE.md',
      'CLAUDE.local.md',
      'AGENTS.md',
      '.claude/CLAUDE.md',
      '.claude/rules/a.md',
      '.claude/skills/x/SKILL.md',
    ],
    refusesAbove: false,
  },
}

proveRealAgent(agent)
proveRealRequests(agent, {
  prompts: ['-p', '/compact'],
  effort: { level: 'high', seen: /"effort":"high"/ },
  ways: [['anthropic', 'm1']],
})
