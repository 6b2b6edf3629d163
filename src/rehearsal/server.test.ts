import { afterEach, describe, expect, it } from 'vitest'
import type { ModelApi } from '../model/service.ts'
import { startModelServer, type ModelServer } from './server.ts'

let server: ModelServer | null = null
afterEach(() => server?.close())

const write = {
  type: 'object',
  properties: { path: { type: 'string' }, content: {}, mode: { type: 'integer' } },
}
const schema = { ...write, required: ['path', 'content', 'mode'] }

/** A request as an agent makes it, with one tool. */
const requests: Record<ModelApi, (stream: boolean) => { path: string; body: unknown }> = {
  'openai-chat': stream => ({
    path: '/chat/completions',
    body: {
      model: 'm1',
      stream,
      messages: [],
      tools: [{ type: 'function', function: { name: 'write', parameters: schema } }],
    },
  }),
  'openai-responses': stream => ({
    path: '/responses',
    body: {
      model: 'm1',
      stream,
      input: [],
      tools: [{ type: 'function', name: 'write', parameters: schema }],
    },
  }),
  anthropic: stream => ({
    path: '/v1/messages?beta=true',
    body: { model: 'm1', stream, messages: [], tools: [{ name: 'write', input_schema: schema }] },
  }),
  gemini: stream => ({
    path: `/v1beta/models/m1:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: {
      contents: [],
      tools: [{ functionDeclarations: [{ name: 'write', parametersJsonSchema: schema }] }],
    },
  }),
}

async function ask(api: ModelApi, stream: boolean): Promise<string> {
  const { path, body } = requests[api](stream)
  const response = await fetch(`${server?.access(api).url}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  })
  return response.text()
}

const apis: ModelApi[] = ['openai-chat', 'openai-responses', 'anthropic', 'gemini']

describe.each(apis)('over %s', api => {
  it.each([true, false])(
    'thoughts, words and several tool calls come at once, with usage (stream: %s)',
    async stream => {
      const one = { write: { path: 'a.txt', content: 'A' } }
      server = await startModelServer([{ think: 'hmm', say: 'Two files.', tools: [one, one] }])
      const answer = await ask(api, stream)
      for (const text of ['hmm', 'Two files.', 'a.t', 'mode']) expect(answer).toContain(text)
      expect(server.calls).toMatchObject([{ api, model: 'm1', stream, tools: ['write'], status: 200 }])
      expect(server.usage()).toEqual({
        inputTokens: 211,
        cacheReadTokens: 1101,
        cacheWriteTokens: api === 'anthropic' ? 33 : null,
        outputTokens: 57,
        reasoningTokens: api === 'anthropic' ? null : 6,
      })
      expect(answer).toMatch(api === 'anthropic' ? /"cache_read_input_tokens":1101/ : /:1312\b/)
    },
  )

  it('calls fail as the script says, and report no usage', async () => {
    server = await startModelServer([
      { status: 429, message: 'slow down', headers: { 'retry-after': '7' } },
      { failing: 'overloaded' },
      'garbage',
      'drop',
      { say: 'a long text that is cut', cutAfter: 2 },
    ])
    expect(await ask(api, true)).toContain('slow down')
    expect(await ask(api, true)).toContain('overloaded')
    expect(await ask(api, true)).toContain('oops')
    await expect(ask(api, true)).rejects.toThrow(/fetch failed|terminated/)
    await expect(ask(api, true)).rejects.toThrow(/fetch failed|terminated/)
    expect(server.calls.map(call => call.status)).toEqual([429, 200, 200, null, 200])
    expect(server.usage()).toBe(null)
  })
})

it('has a script for each lane, and repeats its last reply', async () => {
  server = await startModelServer({
    lanes: [
      { tools: false, replies: [{ say: 'A title' }] },
      { model: 'm1', replies: [{ say: 'one' }, { say: 'two' }] },
    ],
  })
  const title = async (): Promise<string> => {
    const body = JSON.stringify({ model: 'small', messages: [] })
    return (await fetch(`${server?.url}/v1/chat/completions`, { method: 'POST', body })).text()
  }
  expect([
    await ask('anthropic', false),
    await title(),
    await ask('gemini', false),
    await ask('gemini', false),
  ]).toEqual([
    expect.stringContaining('one'),
    expect.stringContaining('A title'),
    expect.stringContaining('two'),
    expect.stringContaining('two'),
  ])
})

it('says which tools there were where none does what the script wants', async () => {
  server = await startModelServer([{ run: 'true' }])
  expect(await ask('openai-chat', true)).toContain('no tool that runs commands is offered: write')
  expect(server.mistakes).toHaveLength(1)
})
