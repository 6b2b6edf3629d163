import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ModelApi } from '../../model/service.ts'
import { findAgent, openRealAgent, type RealAgent } from './real-agent.ts'

/** What a setup asks of an agent, as its requests show it. */
export interface RealRequests {
  prompts: readonly string[]
  /** A level, and what of it the model sees; null for an agent that knows none. */
  effort: { level: string; seen: RegExp } | null
  /** Other ways to a service, with the name of a model. */
  ways: readonly (readonly [ModelApi, string])[]
}

/** The least that is an MCP server: a tool `lookup` that answers. */
const mcpServer = `import readline from 'node:readline'
const answers = {
  initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } }),
  'tools/list': () => ({ tools: [{ name: 'lookup', description: 'Looks up.', inputSchema: { type: 'object', properties: {} } }] }),
  'tools/call': () => ({ content: [{ type: 'text', text: 'found red-bee-5 with ' + process.env.LOOKUP_IN }] }),
}
readline.createInterface({ input: process.stdin }).on('line', line => {
  const { id, method, params } = JSON.parse(line)
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result: answers[method]?.(params) ?? {} }))
})
`

export function proveRealRequests(agent: RealAgent, { prompts, effort, ways }: RealRequests): void {
  const { isMissing, why } = findAgent(agent.program)
  describe.skipIf(isMissing)(`what the real ${agent.program} asks its model${why}`, () => {
    const real = openRealAgent(agent)
    const limits = { timeoutMs: 60_000, maxCostUsd: null, maxTurns: null }

    it.each(prompts)('is the prompt %j', async prompt => {
      const { attempt, server } = await real.run([{ say: 'Yes.' }], { prompt, limits })
      expect(attempt).toMatchObject({ stop: 'finished', turns: 1 })
      const said = JSON.stringify(server.calls[0]?.body['messages'] ?? server.calls[0]?.body)
      expect(said).toContain(JSON.stringify(prompt).slice(1, -1))
    })

    it.skipIf(effort === null)('is the effort', async () => {
      const { server } = await real.run([{ say: 'Yes.' }], { effort: effort?.level ?? null, limits })
      expect(server.calls[0]?.text).toMatch(effort?.seen ?? /^$/)
    })

    it.skipIf(!agent.harness.supports.mcp)('is told of the tools of an MCP server', async () => {
      const script = join(real.bench.root, 'mcp.mjs')
      await writeFile(script, mcpServer)
      const mcp = { search: { command: ['node', script], env: { LOOKUP_IN: 'blue-pen-6' } } }
      const { attempt, server } = await real.run(
        ({ tools }, index) => {
          if (index > 2) return { say: 'Enough.' }
          const tool = tools.find(name => name.endsWith('lookup'))
          return tool === undefined ? { run: 'true' } : { use: tool, input: {} }
        },
        { mcp, limits },
      )
      expect(attempt.stop).toBe('finished')
      const seen = server.calls.map(call => call.text).join('')
      const isOffered = server.calls.some(({ tools }) => tools.some(tool => tool.endsWith('lookup')))
      // Some tell only its name, until it is looked for.
      expect(seen).toContain(isOffered ? 'red-bee-5 with blue-pen-6' : 'lookup')
    })

    it.each(ways)('goes over %s, to the model %s', async (api, model) => {
      const { attempt, server } = await real.run(
        [{ run: 'true' }, { say: 'Yes.' }],
        { model, limits },
        { api },
      )
      expect(attempt).toMatchObject({ stop: 'finished', turns: 2, toolCalls: 1 })
      expect(new Set(server.calls.map(call => call.api))).toEqual(new Set([api]))
      expect(JSON.stringify(server.calls[0]?.headers)).toContain('dummy-key')
      const { inputTokens, cacheReadTokens, outputTokens } = server.usage() ?? {}
      expect(attempt.usage).toMatchObject({ cacheReadTokens, outputTokens })
      // Those that go into a cache count as input where an agent does not tell them apart.
      const written = server.usage()?.cacheWriteTokens ?? 0
      expect([inputTokens, (inputTokens ?? 0) + written]).toContain(attempt.usage?.inputTokens)
    })
  })
}
