import { describe, expect, it } from 'vitest'
import { clineParser } from './cline-stream.ts'
import { copilotParser, readCopilotUsage } from './copilot-stream.ts'
import { lastLogged, opencodeParser } from './opencode-stream.ts'
import { qwenParser } from './qwen-stream.ts'
import { newReport } from './agent-report.ts'
import { readInto, recorded } from './testing/recorded.ts'

/** Two calls of 1234 input tokens (1000 of them from a cache) and 56 output tokens (7 of them reasoning). */
const twoCalls = { inputTokens: 468, cacheReadTokens: 2000, outputTokens: 112 }

describe('a recorded stream', () => {
  it.each([
    ['opencode', opencodeParser, { ...twoCalls, cacheWriteTokens: 0, reasoningTokens: 14 }, null],
    ['qwen-code', qwenParser, { ...twoCalls, cacheWriteTokens: null, reasoningTokens: null }, 'm1'],
    ['cline', clineParser, { ...twoCalls, cacheWriteTokens: 0, reasoningTokens: null }, 'm1'],
    ['copilot', copilotParser, null, 'gpt-5.4'],
  ] as const)('of %s tells the work and what it used', (name, parser, usage, model) => {
    const report = readInto(parser, recorded(name))
    expect(report).toMatchObject({ turns: 2, usage, model, error: null, unreadLines: 0 })
    const work = report.transcript.filter(event => event.type !== 'message' || event.role !== 'user')
    expect(work.map(event => event.type)).toEqual(['tool_call', 'tool_result', 'message'])
    expect(work[1]).toMatchObject({ isError: false })
    expect(work[2]).toMatchObject({ text: 'Done: created hello.txt.' })
  })

  it.each([
    ['opencode-401', opencodeParser],
    ['qwen-code-401', qwenParser],
  ] as const)('of %s tells the refusal with its status', (name, parser) => {
    const report = readInto(parser, recorded(name))
    expect(report.error).toBe('401 Incorrect API key provided')
    expect(report).toMatchObject({ turns: null, usage: null, transcript: [{ type: 'error' }] })
  })
})

describe('opencode', () => {
  it('tells the cost where it knows prices', () => {
    expect(readInto(opencodeParser, recorded('opencode')).costUsd).toBeCloseTo(0.000892, 9)
  })

  it('tells the last failed call by its log', () => {
    const line = (time: string, what: string): string =>
      `timestamp=${time} level=ERROR run=1 message="stream error" providerID=x error.error="AI_APICallError: ${what}"`
    const log = [
      line('2026-01-01T00:00:00.000Z', 'one'),
      line('2026-01-01T00:00:01.000Z', 'two'),
      'other',
    ].join('\n')
    expect(lastLogged(log)).toEqual({
      at: Date.parse('2026-01-01T00:00:01Z'),
      message: 'error.error="AI_APICallError: two"',
    })
    expect(lastLogged('')).toBe(null)
  })
})

it('Copilot tells its usage in a file, with cached input among the input', () => {
  const report = newReport()
  const usage = { inputTokens: 2500, cacheReadTokens: 2000, cacheWriteTokens: 32, outputTokens: 112 }
  const file = { modelMetrics: { a: { usage }, b: { usage: { ...usage, reasoningTokens: 14 } } } }
  expect(readCopilotUsage(report, file)).toBe(true)
  expect(report.usage).toEqual({
    inputTokens: 936,
    cacheReadTokens: 4000,
    cacheWriteTokens: 64,
    outputTokens: 224,
    reasoningTokens: 14,
  })
  expect(readCopilotUsage(newReport(), undefined)).toBe(false)
})

describe('Cline', () => {
  const failed = (errorClass: string): string =>
    JSON.stringify({
      type: 'agent_event',
      event: { type: 'error', error: { message: 'No.' }, errorClass },
    })

  it('tells a refused key by a class', () => {
    expect(readInto(clineParser, [failed('auth')]).error).toBe('authentication_error: No.')
    expect(readInto(clineParser, [failed('unknown')]).error).toBe('No.')
  })

  it('has not finished where it says so, whatever its exit code', () => {
    const result = (finishReason: string): string => JSON.stringify({ type: 'run_result', finishReason })
    expect(readInto(clineParser, [result('completed')]).error).toBe(null)
    expect(readInto(clineParser, [result('aborted')]).error).toBe('it ended with "aborted"')
  })
})

it('Qwen Code tells of its limit', () => {
  const line = {
    type: 'result',
    subtype: 'error_max_turns',
    is_error: true,
    error: { message: 'Reached 3.' },
  }
  expect(readInto(qwenParser, [JSON.stringify(line)])).toMatchObject({ limit: 'Reached 3.', error: null })
})
