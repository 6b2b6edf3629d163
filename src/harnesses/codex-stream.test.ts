import { describe, expect, it } from 'vitest'
import { codexParser } from './codex-stream.ts'
import { readInto, recorded } from './testing/recorded.ts'

const read = (lines: readonly string[]) => readInto(codexParser, lines)
const item = (phase: string, rest: object): string => JSON.stringify({ type: `item.${phase}`, item: rest })

describe('a recorded stream of codex', () => {
  it('gives usage by class, each step once, and warnings that are no failure', () => {
    const report = read(recorded('codex'))
    expect(report).toMatchObject({
      // Two calls of 1234 input tokens (1000 of them from the cache) and 56 output tokens, 7 of them reasoning.
      usage: {
        inputTokens: 468,
        cacheReadTokens: 2000,
        cacheWriteTokens: 0,
        outputTokens: 112,
        reasoningTokens: 14,
      },
      costUsd: null,
      turns: null,
      error: null,
      unreadLines: 0,
    })
    expect(report.transcript.map(event => event.type)).toEqual([
      'error',
      'tool_call',
      'tool_result',
      'message',
    ])
    expect(report.transcript[1]).toMatchObject({
      input: { command: String.raw`printf 'hello from fake model\n' > hello.txt && cat hello.txt` },
    })
  })

  it('has the calls of all tools, as the model made them, with their results', () => {
    const report = read(recorded('codex-tools'))
    expect(report.usage).toMatchObject({ inputTokens: 1165, cacheReadTokens: 6515, cacheWriteTokens: 195 })
    expect(report.transcript).toMatchObject([
      { tool: 'command_execution', input: { command: "mkdir -p '.' && printf %s 'p' > 'patched.txt'" } },
      { id: 'item_1', isError: false },
      { tool: 'file_change', input: { changes: [{ path: 'WORKDIR/patched.txt', kind: 'add' }] } },
      { output: 'completed', isError: false },
      { tool: 'dict.lookup', input: { word: 'owl' } },
      { output: 'owl: a bird', isError: false },
      { tool: 'command_execution', input: { command: 'exit 3' } },
      { isError: true },
      { type: 'reasoning', text: 'end' },
      { type: 'message', text: 'ok' },
    ])
  })

  it('of a refused key has its error, and unknown usage', () => {
    const report = read(recorded('codex-refused'))
    expect(report).toMatchObject({ error: expect.stringContaining('status 401'), usage: null })
    expect(report.transcript.filter(event => event.type === 'error')).toHaveLength(3)
  })

  it.each(['codex', 'codex-tools', 'codex-refused'])('of %s can end anywhere, also within a line', name => {
    const lines = recorded(name)
    for (let i = 0; i < lines.length; i++) {
      const report = read([...lines.slice(0, i), (lines[i] ?? '').slice(0, 40)])
      expect(report.unreadLines).toBeLessThanOrEqual(1)
    }
  })
})

describe('events of codex that are seldom', () => {
  it('are plans, searches, later tools and failed ones', () => {
    const todo = { id: '1', type: 'todo_list', items: [{ text: 'a', completed: false }] }
    const report = read([
      item('started', todo),
      item('updated', todo),
      item('completed', todo),
      item('completed', { id: '2', type: 'web_search', query: 'owls' }),
      item('completed', { id: '3', type: 'tool_of_tomorrow', status: 'completed' }),
      item('completed', {
        id: '4',
        type: 'mcp_tool_call',
        server: 's',
        tool: 't',
        arguments: {},
        error: { message: 'gone' },
        status: 'failed',
      }),
      item('completed', { id: '5', type: 'command_execution', command: 'ls', status: 'declined' }),
      item('completed', { id: '6', type: 'command_execution' }),
    ])
    expect(report.transcript).toMatchObject([
      { type: 'tool_call', tool: 'todo_list' },
      { type: 'tool_call', tool: 'todo_list' },
      { type: 'tool_call', tool: 'web_search', input: { query: 'owls' } },
      { type: 'tool_result' },
      { type: 'tool_call', tool: 'tool_of_tomorrow' },
      { type: 'tool_result' },
      { type: 'tool_call', tool: 's.t' },
      { type: 'tool_result', output: 'gone', isError: true },
      { type: 'tool_call', input: { command: 'ls' } },
      { type: 'tool_result', isError: true },
      { type: 'tool_call', tool: 'command_execution' },
      { type: 'tool_result', isError: null },
    ])
    expect(report.unreadLines).toBe(0)
  })

  it('are a reconnection after which all is well, and one after which it is not', () => {
    const lost = JSON.stringify({ type: 'error', message: 'Reconnecting... 1/1 (stream disconnected)' })
    expect(read([lost]).error).toContain('Reconnecting')
    expect(read([lost, item('completed', { id: '1', type: 'agent_message', text: 'ok' })]).error).toBe(null)
  })

  it('are lines that are no events', () => {
    expect(read(['oops', '[]', '{"type":5}', '{"type":"new","x":1}', 'null']).unreadLines).toBe(4)
  })
})
