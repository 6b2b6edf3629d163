import { expect, test } from 'vitest'
import type { ModelApi } from '../../model/service.ts'
import type { TranscriptEvent } from '../../model/trial.ts'
import { startModelServer } from '../../rehearsal/server.ts'
import { answerValues } from './answer-values.ts'
import { followConversation, type Conversation } from './conversation.ts'

type Body = Record<string, unknown>

const schema = {
  type: 'object',
  properties: { path: { type: 'string' }, content: { type: 'string' } },
  required: ['path', 'content'],
}

/** How an agent asks over each API, and how it gives back what was answered, with the result of its tool. */
const agents: Record<
  ModelApi,
  { path: string; first: Body; next(body: Body, answer: unknown[], result: string): Body }
> = {
  'openai-chat': {
    path: '/chat/completions',
    first: {
      messages: [
        { role: 'system', content: 'You are an agent.' },
        { role: 'user', content: [{ type: 'text', text: 'Fix it.' }] },
      ],
      tools: [{ type: 'function', function: { name: 'write', parameters: schema } }],
    },
    next: (body, values, result) => {
      const [whole] = values as { choices: { message: Body & { tool_calls?: { id: string }[] } }[] }[]
      const message = whole?.choices[0]?.message
      return {
        ...body,
        messages: [
          ...(body['messages'] as unknown[]),
          message,
          { role: 'tool', tool_call_id: message?.tool_calls?.[0]?.id, content: result },
        ],
      }
    },
  },
  'openai-responses': {
    path: '/responses',
    first: {
      instructions: 'You are an agent.',
      input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Fix it.' }] }],
      tools: [{ type: 'function', name: 'write', parameters: schema }],
    },
    next: (body, values, result) => {
      const [whole] = values as { output: (Body & { call_id?: string })[] }[]
      const output = whole?.output ?? []
      const call = output.find(item => item['type'] === 'function_call')
      return {
        ...body,
        input: [
          ...(body['input'] as unknown[]),
          ...output,
          { type: 'function_call_output', call_id: call?.call_id, output: result },
        ],
      }
    },
  },
  anthropic: {
    path: '/v1/messages',
    first: {
      system: 'You are an agent.',
      messages: [{ role: 'user', content: 'Fix it.' }],
      tools: [{ name: 'write', input_schema: schema }],
    },
    next: (body, values, result) => {
      const [whole] = values as { content: (Body & { id?: string })[] }[]
      const content = whole?.content ?? []
      const call = content.find(block => block['type'] === 'tool_use')
      const back = { type: 'tool_result', tool_use_id: call?.id, content: [{ type: 'text', text: result }] }
      return {
        ...body,
        messages: [
          ...(body['messages'] as unknown[]),
          { role: 'assistant', content },
          { role: 'user', content: [back] },
        ],
      }
    },
  },
  gemini: {
    path: '/v1beta/models/m1:generateContent',
    first: {
      contents: [{ role: 'user', parts: [{ text: 'Fix it.' }] }],
      tools: [{ functionDeclarations: [{ name: 'write', parametersJsonSchema: schema }] }],
    },
    next: (body, values, result) => {
      const [whole] = values as { candidates: { content: { parts: Body[] } }[] }[]
      const parts = whole?.candidates[0]?.content.parts ?? []
      // Gemini's own client makes ids up.
      const given = parts.map(part =>
        part['functionCall']
          ? { functionCall: { ...(part['functionCall'] as Body), id: `w-${Date.now()}` } }
          : part,
      )
      return {
        ...body,
        contents: [
          ...(body['contents'] as unknown[]),
          { role: 'model', parts: given },
          { role: 'user', parts: [{ functionResponse: { name: 'write', response: { output: result } } }] },
        ],
      }
    },
  },
}

async function talk(api: ModelApi, stream: boolean): Promise<TranscriptEvent[]> {
  const server = await startModelServer([
    {
      think: 'I must write a file.',
      say: 'I write it.',
      tools: [{ write: { path: 'a.txt', content: 'one\ntwo' } }],
    },
    { say: 'All is done.' },
  ])
  try {
    const { path, first, next } = agents[api]
    const conversation = followConversation()
    const ask = async (body: Body, atMs: number): Promise<unknown[]> => {
      const url = `${server.access(api).url}${stream && api === 'gemini' ? path.replace('generateContent', 'streamGenerateContent?alt=sse') : path}`
      const request = JSON.stringify({ model: 'm1', stream, ...body })
      const response = await fetch(url, { method: 'POST', body: request })
      const answer = await response.text()
      conversation.hear({ api, lane: 'm1 tools', hasTools: true, body, answer, atMs, durationMs: 5 })
      return answerValues(answer)
    }
    const whole = await startModelServer([
      {
        think: 'I must write a file.',
        say: 'I write it.',
        tools: [{ write: { path: 'a.txt', content: 'one\ntwo' } }],
      },
    ])
    // What the agent makes of a stream is the answer as it is without one.
    const unstreamed = await fetch(`${whole.access(api).url}${path}`, {
      method: 'POST',
      body: JSON.stringify({ model: 'm1', stream: false, ...first }),
    })
    const value: unknown = await unstreamed.json()
    await whole.close()
    await ask(first, 10)
    await ask(next(first, [value], 'written'), 20)
    return conversation.transcript()
  } finally {
    await server.close()
  }
}

test.each(
  Object.keys(agents).flatMap(api => [true, false].map(stream => [api as ModelApi, stream] as const)),
)('a conversation over %s (stream: %s) is told once, in order', async (api, stream) => {
  const said = (await talk(api, stream)).map(event =>
    event.type === 'message'
      ? `${event.role}: ${event.text}`
      : event.type === 'reasoning'
        ? `thinks: ${event.text}`
        : event.type === 'tool_call'
          ? `${event.tool} ${JSON.stringify(event.input)}`
          : event.type === 'tool_result'
            ? `result: ${event.output}`
            : event.message,
  )
  expect(said).toEqual([
    'user: Fix it.',
    ...(api === 'openai-chat' && !said.some(line => line.startsWith('thinks'))
      ? []
      : ['thinks: I must write a file.']),
    'assistant: I write it.',
    'write {"path":"a.txt","content":"one\\ntwo"}',
    'result: written',
    'assistant: All is done.',
  ])
})

function hear(conversation: Conversation, messages: unknown[], answer: string, change: object = {}): void {
  conversation.hear({
    api: 'openai-chat',
    lane: 'm1 tools',
    hasTools: true,
    body: { messages },
    answer: JSON.stringify({ choices: [{ message: { role: 'assistant', content: answer } }] }),
    atMs: 0,
    durationMs: 0,
    ...change,
  })
}

test('side calls have lanes of their own, which are not told', () => {
  const conversation = followConversation()
  for (const i of [1, 2, 3])
    hear(conversation, [{ role: 'user', content: `title ${i}` }], 'A title', {
      lane: 'small',
      hasTools: false,
    })
  hear(conversation, [{ role: 'user', content: 'Fix it.' }], 'Done.')
  expect(conversation.transcript().map(event => event.type === 'message' && event.text)).toEqual([
    'Fix it.',
    'Done.',
  ])
})

test('what is said twice is told twice, and a shortened conversation is not told again', () => {
  const conversation = followConversation()
  const go = { role: 'user', content: 'Go on.' }
  const ok = { role: 'assistant', content: 'OK.' }
  hear(conversation, [go], 'OK.')
  hear(conversation, [go, ok, go], 'OK.')
  hear(conversation, [{ role: 'user', content: 'In short: we went on.' }, ok, go], 'Done.')
  expect(conversation.transcript().map(event => event.type === 'message' && event.text)).toEqual([
    'Go on.',
    'OK.',
    'Go on.',
    'OK.',
    'In short: we went on.',
    'Done.',
  ])
})
