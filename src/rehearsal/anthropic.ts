import { z } from 'zod'
import { InputSchema } from './tools.ts'
import { bits, Model, sse, type About, type Part, type Wire } from './wire.ts'

const Tools = z.looseObject({
  tools: z.array(z.looseObject({ name: z.string(), input_schema: InputSchema.optional() })).nullish(),
})

type Event = Record<string, unknown> & { type: string }

/** Anthropic Messages. Input tokens are those that no cache had to do with; reasoning is not told apart. */
export const anthropic: Wire = {
  api: 'anthropic',
  read(path, body) {
    if (!path.endsWith('/messages')) return null
    const { model, stream = false } = Model.parse(body)
    const tools = (Tools.parse(body).tools ?? []).flatMap(({ name, input_schema: schema }) =>
      // Without a schema it is one that the service itself would run.
      schema ? [{ name, namespace: null, schema }] : [],
    )
    return { model, stream, tools }
  },
  answer(parts, about) {
    const stopReason = parts.some(part => part.type === 'call') ? 'tool_use' : 'end_turn'
    const content = parts.map(blockOf)
    const events: Event[] = [
      ...beginning(about),
      ...parts.flatMap((part, index) => [
        { type: 'content_block_start', index, content_block: unfilled(part) },
        ...deltasOf(part).map(delta => ({ type: 'content_block_delta', index, delta })),
        { type: 'content_block_stop', index },
      ]),
      {
        type: 'message_delta',
        delta: { stop_reason: stopReason, stop_sequence: null },
        usage: { output_tokens: about.counts.output },
      },
      { type: 'message_stop' },
    ]
    return {
      whole: { ...messageOf(about, about.counts.output), content, stop_reason: stopReason },
      events: events.map(event => sse(event, event.type)),
    }
  },
  error: (status, message) => ({ type: 'error', error: { type: typeOf(status), message } }),
  failing: (message, about) =>
    [...beginning(about), { type: 'error', error: { type: 'overloaded_error', message } }].map(event =>
      sse(event, event.type),
    ),
  told: ({ input, cacheRead, cacheWrite, output }) => ({
    inputTokens: input,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite ?? 0,
    outputTokens: output,
    reasoningTokens: null,
  }),
}

const types: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
}

function typeOf(status: number): string {
  return types[status] ?? 'api_error'
}

function beginning(about: About): Event[] {
  return [{ type: 'message_start', message: messageOf(about, 1) }, { type: 'ping' }]
}

/** A stream begins with one token of output, and tells the rest at its end. */
function messageOf({ model, number, counts: { input, cacheRead, cacheWrite } }: About, output: number) {
  return {
    id: `msg_${number}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [] as unknown[],
    stop_reason: null as string | null,
    stop_sequence: null,
    usage: {
      input_tokens: input,
      cache_read_input_tokens: cacheRead,
      cache_creation_input_tokens: cacheWrite ?? 0,
      output_tokens: output,
    },
  }
}

function blockOf(part: Part): unknown {
  if (part.type === 'think') return { type: 'thinking', thinking: part.text, signature: 'scripted' }
  if (part.type === 'say') return { type: 'text', text: part.text }
  const { id, name, input } = part.call
  return { type: 'tool_use', id, name, input }
}

function unfilled(part: Part): unknown {
  if (part.type === 'think') return { type: 'thinking', thinking: '', signature: '' }
  if (part.type === 'say') return { type: 'text', text: '' }
  return { type: 'tool_use', id: part.call.id, name: part.call.name, input: {} }
}

function deltasOf(part: Part): unknown[] {
  if (part.type === 'think') {
    return [
      ...bits(part.text).map(thinking => ({ type: 'thinking_delta', thinking })),
      { type: 'signature_delta', signature: 'scripted' },
    ]
  }
  if (part.type === 'say') return bits(part.text).map(text => ({ type: 'text_delta', text }))
  return bits(JSON.stringify(part.call.input)).map(json => ({ type: 'input_json_delta', partial_json: json }))
}
