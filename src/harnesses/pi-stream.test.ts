import { describe, expect, it } from 'vitest'
import { piParser } from './pi-stream.ts'
import { readInto, recorded } from './testing/recorded.ts'

const read = (lines: readonly string[]) => readInto(piParser, lines)

const answer = (message: unknown): string =>
  JSON.stringify({ type: 'message_end', message: { role: 'assistant', ...Object(message) } })

describe('a recorded stream', () => {
  it.each([
    // Two calls of 1234 input tokens (1000 of them from the cache) and 56 output tokens.
    [
      'pi-0.73',
      {
        inputTokens: 468,
        cacheReadTokens: 2000,
        cacheWriteTokens: 0,
        outputTokens: 112,
        reasoningTokens: null,
      },
    ],
    [
      'pi-0.87',
      {
        inputTokens: 468,
        cacheReadTokens: 2000,
        cacheWriteTokens: 0,
        outputTokens: 112,
        reasoningTokens: 14,
      },
    ],
  ])('of %s gives the usage of both calls once, and each step once', (name, usage) => {
    const state = read(recorded(name))
    expect(state).toMatchObject({
      usage,
      turns: 2,
      model: 'm1',
      error: null,
      unreadLines: 0,
    })
    expect(state.costUsd).toBeCloseTo(0.000892, 9)
    expect(state.begun).toMatchObject({ turns: 1, costUsd: expect.closeTo(0.000446, 9) })
    expect(state.transcript.map(event => ({ ...event, atMs: null }))).toMatchObject([
      { type: 'message', role: 'user', text: 'create hello.txt' },
      { type: 'tool_call', id: 'call_1', tool: 'write', input: { content: 'hello from a model\n' } },
      { type: 'tool_result', id: 'call_1', isError: false, output: expect.stringContaining('hello.txt') },
      { type: 'message', role: 'assistant', text: 'Done: created hello.txt.' },
    ])
    expect(state.transcript).toHaveLength(4)
  })

  it('of a refused key has its error, no turn, and unknown usage', () => {
    const state = read(recorded('pi-refused'))
    expect(state).toMatchObject({
      error: '401 Incorrect API key provided',
      turns: null,
      usage: null,
      costUsd: null,
    })
    expect(state.transcript.at(-1)).toMatchObject({
      type: 'error',
      message: '401 Incorrect API key provided',
    })
  })

  it('of calls that were retried is no error once one is answered', () => {
    const state = read(recorded('pi-retried'))
    expect(state).toMatchObject({ error: null, turns: 1 })
    expect(state.transcript.map(event => event.type)).toEqual(['message', 'error', 'error', 'message'])
    expect(read(recorded('pi-retried').slice(0, 10)).error).toBe('500 boom')
  })

  it.each(['pi-0.73', 'pi-0.87'])('of %s can end anywhere, also within a line', name => {
    const lines = recorded(name)
    for (let i = 0; i < lines.length; i++) {
      const state = read([...lines.slice(0, i), (lines[i] ?? '').slice(0, 40)])
      expect(state.unreadLines).toBeLessThanOrEqual(1)
    }
  })
})

describe('lines that are not as expected', () => {
  it('are counted where they are no events, and skipped where their type is unknown', () => {
    const state = read([
      'oops',
      '[]',
      '{"type":5}',
      '{"type":"message_end"}',
      '{"type":"new_thing","x":1}',
      'null',
    ])
    expect(state.unreadLines).toBe(5)
    expect(state.transcript).toEqual([])
  })

  it('may have content as text, reasoning, images and keys of later versions', () => {
    const state = read([
      answer({ content: 'plain', later: 1 }),
      answer({
        content: [
          { type: 'thinking', thinking: 'hm' },
          { type: 'text', text: 'well' },
          { type: 'toolCall', id: '1' },
        ],
      }),
      JSON.stringify({
        type: 'tool_execution_end',
        toolCallId: '1',
        result: {
          content: [
            { type: 'text', text: 'see' },
            { type: 'image', data: '…' },
          ],
        },
        isError: true,
      }),
      JSON.stringify({ type: 'tool_execution_end', toolCallId: '2' }),
    ])
    expect(state.unreadLines).toBe(0)
    expect(state.transcript).toMatchObject([
      { type: 'message', text: 'plain' },
      { type: 'reasoning', text: 'hm' },
      { type: 'message', text: 'well' },
      { type: 'tool_result', output: 'see\n[image]', isError: true },
      { type: 'tool_result', output: '', isError: null },
    ])
  })

  it('keep usage unknown where the service tells none', () => {
    const zeros = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cost: { total: 0 } }
    expect(read([answer({ usage: zeros }), answer({})])).toMatchObject({ usage: null, turns: 2 })
    expect(read([answer({ usage: zeros }), answer({ usage: { input: 3, output: 4 } })]).usage).toEqual({
      inputTokens: 3,
      cacheReadTokens: null,
      cacheWriteTokens: null,
      outputTokens: 4,
      reasoningTokens: null,
    })
  })
})
