import { describe, expect, it } from 'vitest'
import { geminiParser } from './gemini-stream.ts'
import { readInto, recorded } from './testing/recorded.ts'

const read = (lines: readonly (string | object)[]) =>
  readInto(
    geminiParser,
    lines.map(line => (typeof line === 'string' ? line : JSON.stringify(line))),
  )

describe('a recorded stream of gemini-cli', () => {
  it('gives usage by class and each step once', () => {
    const report = read(recorded('gemini'))
    expect(report).toMatchObject({
      usage: {
        inputTokens: 468,
        cacheReadTokens: 2000,
        cacheWriteTokens: null,
        outputTokens: 112,
        reasoningTokens: 0,
      },
      model: 'gemini-2.5-flash',
      error: null,
      unreadLines: 0,
    })
    expect(report.transcript).toMatchObject([
      { type: 'message', role: 'user', text: 'create hello.txt' },
      { type: 'tool_call', tool: 'write_file' },
      { type: 'tool_result', isError: false },
      { type: 'message', role: 'assistant', text: 'Done: created hello.txt.' },
    ])
  })

  it('of a refused key has its error, and unknown usage', () => {
    expect(read(recorded('gemini-refused'))).toMatchObject({
      error: expect.stringContaining('"code":401'),
      usage: null,
    })
  })
})

describe('events of gemini-cli', () => {
  it('are answers in bits, which are put together', () => {
    const bit = (content: string): object => ({ type: 'message', role: 'assistant', content, delta: true })
    const call = { type: 'tool_use', tool_name: 'ls', tool_id: '1', parameters: {} }
    const gone = { type: 'tool_result', tool_id: '1', status: 'error', error: { message: 'gone' } }
    expect(read([bit('One '), bit('two.'), call, gone, bit('Three.')]).transcript).toMatchObject([
      { type: 'message', text: 'One two.' },
      { type: 'tool_call', tool: 'ls' },
      { type: 'tool_result', output: 'gone', isError: true },
      { type: 'message', text: 'Three.' },
    ])
  })

  it('tell of reasoning only in the total', () => {
    const stats = { total_tokens: 1369, input_tokens: 1312, output_tokens: 51, cached: 1101 }
    expect(read([{ type: 'result', status: 'success', stats }]).usage).toEqual({
      inputTokens: 211,
      cacheReadTokens: 1101,
      cacheWriteTokens: null,
      outputTokens: 57,
      reasoningTokens: 6,
    })
  })

  it('tell of its own limit', () => {
    const error = { type: 'FatalTurnLimitedError', message: 'Reached max session turns' }
    expect(read([{ type: 'result', status: 'error', error }])).toMatchObject({
      limit: 'Reached max session turns',
      error: null,
    })
  })

  it('are warnings, those of later versions, and lines that are none', () => {
    const report = read([
      { type: 'error', severity: 'warning', message: 'loop' },
      { type: 'new' },
      'oops',
      '[]',
    ])
    expect(report).toMatchObject({ error: null, unreadLines: 2 })
    expect(report.transcript).toMatchObject([{ type: 'error', message: 'loop' }])
  })
})
