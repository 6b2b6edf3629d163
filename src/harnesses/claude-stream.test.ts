import { describe, expect, it } from 'vitest'
import { claudeParser } from './claude-stream.ts'
import { readInto, recorded } from './testing/recorded.ts'

const read = (name: string) => readInto(claudeParser, recorded(name))
const result = (change: Record<string, unknown>): string =>
  JSON.stringify({ type: 'result', subtype: 'success', is_error: false, ...change })
const answer = (id: string, content: unknown[], change: Record<string, unknown> = {}): string =>
  JSON.stringify({ type: 'assistant', message: { id, model: 'm1', content, ...change } })

describe('a recorded stream', () => {
  it('tells work, usage and cost', () => {
    const report = read('claude-code')
    expect(report).toMatchObject({
      turns: 2,
      model: 'claude-sonnet-4-5',
      error: null,
      limit: null,
      unreadLines: 0,
      usage: {
        inputTokens: 468,
        cacheReadTokens: 2000,
        cacheWriteTokens: 0,
        outputTokens: 112,
        reasoningTokens: null,
      },
    })
    expect(report.costUsd).toBeCloseTo(0.003684, 6)
    expect(report.transcript.map(event => event.type)).toEqual(['tool_call', 'tool_result', 'message'])
  })

  it('tells of a limit, of a service that failed although it says "success", and of a refused tool call', () => {
    const limited = read('claude-code-max-turns')
    expect(limited).toMatchObject({ limit: 'Reached maximum number of turns (1)', error: null, turns: 1 })
    expect(limited.transcript.at(-1)).toMatchObject({ type: 'tool_result', isError: true })
    const failed = read('claude-code-500')
    expect(failed.error).toMatch(/^500 scripted failure/)
    expect(failed).toMatchObject({ turns: null, usage: null, costUsd: null })
    expect(failed.transcript.map(event => event.type)).toEqual(['error', 'error'])
  })
})

describe('an event', () => {
  it('of a message in several parts is one turn', () => {
    const report = readInto(claudeParser, [
      answer('a', [{ type: 'thinking', thinking: 'Hm.' }]),
      answer('a', [{ type: 'text', text: 'Well.' }]),
      answer('b', [{ type: 'tool_use', id: 't', name: 'Bash', input: {} }]),
    ])
    expect(report.turns).toBe(2)
    expect(report.transcript.map(event => event.type)).toEqual(['reasoning', 'message', 'tool_call'])
  })

  it('that it made up itself is no turn', () => {
    expect(readInto(claudeParser, [answer('a', [], { model: '<synthetic>' })]).turns).toBe(null)
  })

  it('of a result counts side calls, knows the cost only by list prices, and tells what was denied', () => {
    const used = { inputTokens: 10, outputTokens: 5, cacheReadInputTokens: 1, thinkingTokens: 2 }
    const report = readInto(claudeParser, [
      result({
        total_cost_usd: 0.5,
        modelUsage: { m1: used, m2: { ...used, costBasis: 'estimated' } },
        permission_denials: [{ tool_name: 'WebFetch' }],
      }),
    ])
    expect(report.usage).toMatchObject({ inputTokens: 20, outputTokens: 10, reasoningTokens: 4 })
    expect(report.costUsd).toBe(null)
    expect(report.notes).toEqual(['it was not allowed to use: WebFetch'])
  })

  it('of another kind is one, and what is none is counted', () => {
    expect(readInto(claudeParser, ['{"type":"new"}', 'Warning: no JSON']).unreadLines).toBe(1)
  })
})
