import { geminiCli } from './gemini-cli.ts'
import { proveRealAgent, type RealAgent } from './testing/real-agent.ts'

const agent: RealAgent = {
  program: 'gemini',
  harness: geminiCli,
  model: 'gemini-2.5-flash',
  api: 'gemini',
  claims: usage => usage,
  listsSkills: true,
  leaks: {
    home: [
      '.gemini/GEMINI.md',
      '.gemini/AGENTS.md',
      '.gemini/skills/x/SKILL.md',
      '.agents/skills/x/SKILL.md',
    ],
    above: ['AGENTS.md', 'GEMINI.md'],
    refusesAbove: false,
  },
}

proveRealAgent(agent)
