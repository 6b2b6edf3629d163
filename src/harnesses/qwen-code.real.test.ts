import { delimiter, dirname } from 'node:path'
import { qwenCode } from './qwen-code.ts'
import { findAgent, proveRealAgent, type RealAgent } from './testing/real-agent.ts'
import { proveRealRequests } from './testing/real-requests.ts'

// It needs a newer Node than these tests may run on.
const node = findAgent('node')
if (!node.isMissing) process.env['PATH'] = `${dirname(node.bin)}${delimiter}${process.env['PATH']}`

const agent: RealAgent = {
  program: 'qwen',
  harness: qwenCode,
  model: 'm1',
  api: 'openai-chat',
  claims: usage => ({ ...usage, cacheWriteTokens: null, reasoningTokens: null }),
  startMs: 30_000,
  // It does not offer the tools of servers, but one that calls them.
  lookUp: [{ use: 'tool_call', input: { name: 'mcp__dict__lookup', arguments: { word: 'owl' } } }],
  listsSkills: true,
  leaks: {
    home: ['.qwen/QWEN.md', '.qwen/skills/x/SKILL.md', '.agents/skills/x/SKILL.md'],
    above: ['AGENTS.md', 'QWEN.md'],
    refusesAbove: true,
  },
  // It asks again for minutes without a word: that is left to the gateway.
  ends: {
    'a rate limit': { stop: 'timeout', message: '' },
    'a broken service': { stop: 'timeout', message: '' },
    'a dropped connection': { stop: 'timeout', message: '' },
  },
}

proveRealAgent(agent)
proveRealRequests(agent, {
  prompts: ['--help', 'fix'],
  effort: null,
  ways: [
    ['openai-responses', 'm1'],
    ['anthropic', 'm1'],
  ],
})
