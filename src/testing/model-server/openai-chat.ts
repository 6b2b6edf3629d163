import { z } from 'zod'
import { InputSchema } from './tools.ts'
import { bits, Model, sse, type About, type Part, type Wire } from './wire.ts'

const Tools = z.looseObject({
  tools: z
    .array(
      z.looseObject({ function: z.looseObject({ name: z.string(), parameters: InputSchema.optional() }) }),
    )
    .nullish(),
})

/** OpenAI Chat Completions. Input tokens include the cached ones. */
export const openaiChat: Wire = {
  api: 'openai-chat',
  read(path, body) {
    if (!path.endsWith('/chat/completions')) return null
    const { model, stream = false } = Model.parse(body)
    const tools = (Tools.parse(body).tools ?? []).map(({ function: { name, parameters } }) => ({
      name,
      namespace: null,
      schema: parameters ?? InputSchema.parse({}),
    }))
    return { model, stream, tools }
  },
  answer(parts, about) {
    const calls = parts
      .flatMap(part => (part.type === 'call' ? [part.call] : []))
      .map((call, index) => ({
        index,
        id: call.id,
        type: 'function',
        function: { name: call.name, arguments: asText(call.input) },
      }))
    const finish = calls.length > 0 ? 'tool_calls' : 'stop'
    const delta = (content: unknown): unknown =>
      chunk(about, [{ index: 0, delta: content, finish_reason: null }])
    const texts = parts.flatMap(part =>
      part.type === 'call' ? [] : bits(part.text).map(bit => [keyOf(part), bit]),
    )
    return {
      whole: {
        ...head(about, 'chat.completion'),
        choices: [
          {
            index: 0,
            finish_reason: finish,
            message: {
              role: 'assistant',
              content: textOf(parts, 'say'),
              reasoning_content: textOf(parts, 'think') ?? undefined,
              tool_calls: calls.length > 0 ? calls : undefined,
            },
          },
        ],
        usage: usageOf(about),
      },
      events: [
        delta({ role: 'assistant', content: null }),
        ...texts.map(([key = '', bit]) => delta({ [key]: bit })),
        ...calls.map(call => delta({ tool_calls: [call] })),
        chunk(about, [{ index: 0, delta: {}, finish_reason: finish }]),
        { ...Object(chunk(about, [])), usage: usageOf(about) },
        '[DONE]',
      ].map(event => sse(event)),
    }
  },
  error: (status, message) => ({ error: { message, type: 'scripted', code: status } }),
  failing: (message, about) => [
    sse(chunk(about, [{ index: 0, delta: { role: 'assistant', content: 'Well' }, finish_reason: null }])),
    sse({ error: { message, type: 'server_error', code: 500 } }),
  ],
  told: ({ input, cacheRead, cacheWrite, output, reasoning }) => ({
    inputTokens: input,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    outputTokens: output,
    reasoningTokens: reasoning,
  }),
}

const keyOf = (part: Part): string => (part.type === 'think' ? 'reasoning_content' : 'content')

function asText(input: unknown): string {
  return typeof input === 'string' ? input : JSON.stringify(input)
}

function textOf(parts: readonly Part[], type: 'say' | 'think'): string | null {
  const texts = parts.flatMap(part => (part.type === type ? [part.text] : []))
  return texts.length === 0 ? null : texts.join('\n')
}

function head({ model, number }: About, object: string): Record<string, unknown> {
  return { id: `chatcmpl-${number}`, object, created: 0, model }
}

function chunk(about: About, choices: unknown[]): unknown {
  return { ...head(about, 'chat.completion.chunk'), choices }
}

function usageOf({ counts: { input, cacheRead, cacheWrite, output, reasoning } }: About): unknown {
  const all = input + cacheRead + (cacheWrite ?? 0)
  return {
    prompt_tokens: all,
    completion_tokens: output,
    total_tokens: all + output,
    prompt_tokens_details: {
      cached_tokens: cacheRead,
      ...(cacheWrite === null ? {} : { cache_write_tokens: cacheWrite }),
    },
    completion_tokens_details: { reasoning_tokens: reasoning },
  }
}
