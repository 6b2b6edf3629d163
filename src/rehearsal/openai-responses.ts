import { z } from 'zod'
import { openaiChat } from './openai-chat.ts'
import { InputSchema, type OfferedTool, type ToolCall } from './tools.ts'
import { bits, Model, sse, type About, type Part, type Wire } from './wire.ts'

const Tool = z.looseObject({
  type: z.string(),
  name: z.string().optional(),
  parameters: InputSchema.nullish(),
  tools: z.array(z.unknown()).optional(),
})
const Tools = z.looseObject({ tools: z.array(Tool).nullish() })

type Item = Record<string, unknown>

/** OpenAI Responses. Input tokens include the cached ones. */
export const openaiResponses: Wire = {
  ...openaiChat,
  api: 'openai-responses',
  read(path, body) {
    if (!path.endsWith('/responses')) return null
    const { model, stream = false } = Model.parse(body)
    return { model, stream, tools: (Tools.parse(body).tools ?? []).flatMap(tool => offered(tool, null)) }
  },
  answer(parts, about) {
    const items = parts.map((part, index) => itemOf(part, `${about.number}_${index}`))
    const whole = responseOf(about, 'completed', items)
    const steps = [
      ...beginning(about),
      ...parts.flatMap((part, index) => stepsOf(part, items[index] ?? {}, index)),
      { type: 'response.completed', response: whole },
    ]
    return { whole, events: steps.map(numbered) }
  },
  failing: (message, about) =>
    [
      ...beginning(about),
      {
        type: 'response.failed',
        response: { ...responseOf(about, 'failed', []), error: { code: 'server_error', message } },
      },
    ].map(numbered),
}

function offered(
  { type, name, parameters, tools }: z.infer<typeof Tool>,
  namespace: string | null,
): OfferedTool[] {
  if (type === 'namespace') return (tools ?? []).flatMap(tool => offered(Tool.parse(tool), name ?? null))
  if (name === undefined) return []
  return [{ name, namespace, schema: type === 'custom' ? null : InputSchema.parse(parameters ?? {}) }]
}

function numbered(step: Item & { type: string }, index: number): string {
  return sse({ ...step, sequence_number: index }, step.type)
}

function beginning(about: About): (Item & { type: string })[] {
  const response = responseOf(about, 'in_progress', [])
  return [
    { type: 'response.created', response },
    { type: 'response.in_progress', response },
  ]
}

function responseOf({ model, number, counts }: About, status: string, output: readonly Item[]): Item {
  const { input, cacheRead, cacheWrite, reasoning } = counts
  const all = input + cacheRead + (cacheWrite ?? 0)
  const usage = {
    input_tokens: all,
    input_tokens_details: {
      cached_tokens: cacheRead,
      ...(cacheWrite === null ? {} : { cache_write_tokens: cacheWrite }),
    },
    output_tokens: counts.output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: all + counts.output,
  }
  return {
    id: `resp_${number}`,
    object: 'response',
    created_at: 0,
    status,
    model,
    output,
    error: null,
    usage: status === 'completed' ? usage : null,
  }
}

function itemOf(part: Part, id: string): Item {
  if (part.type === 'think') {
    return { id: `rs_${id}`, type: 'reasoning', summary: [{ type: 'summary_text', text: part.text }] }
  }
  if (part.type === 'say') {
    const content = [{ type: 'output_text', text: part.text, annotations: [] }]
    return { id: `msg_${id}`, type: 'message', role: 'assistant', status: 'completed', content }
  }
  const { name, namespace, id: callId, input } = part.call
  const call = { call_id: callId, name, ...(namespace === null ? {} : { namespace }), status: 'completed' }
  return typeof input === 'string'
    ? { id: `ctc_${id}`, type: 'custom_tool_call', ...call, input }
    : { id: `fc_${id}`, type: 'function_call', ...call, arguments: JSON.stringify(input) }
}

function stepsOf(part: Part, item: Item, index: number): (Item & { type: string })[] {
  const place = { output_index: index, item_id: item['id'] }
  return [
    {
      type: 'response.output_item.added',
      output_index: index,
      item: { ...item, ...unfilled(part), status: 'in_progress' },
    },
    ...(part.type === 'call' ? stepsOfCall(part.call, place) : stepsOfText(part, place)),
    { type: 'response.output_item.done', output_index: index, item },
  ]
}

/** How an item looks before anything of it has come. */
function unfilled(part: Part): Item {
  if (part.type === 'think') return { summary: [] }
  if (part.type === 'say') return { content: [] }
  return typeof part.call.input === 'string' ? { input: '' } : { arguments: '' }
}

function stepsOfCall({ input }: ToolCall, place: Item): (Item & { type: string })[] {
  if (typeof input === 'string') {
    return [
      { type: 'response.custom_tool_call_input.delta', ...place, delta: input },
      { type: 'response.custom_tool_call_input.done', ...place, input },
    ]
  }
  const text = JSON.stringify(input)
  return [
    { type: 'response.function_call_arguments.delta', ...place, delta: text },
    { type: 'response.function_call_arguments.done', ...place, arguments: text },
  ]
}

function stepsOfText({ type, text }: Exclude<Part, { type: 'call' }>, at: Item): (Item & { type: string })[] {
  if (type === 'think') {
    const place = { ...at, summary_index: 0 }
    return [
      { type: 'response.reasoning_summary_part.added', ...place, part: { type: 'summary_text', text: '' } },
      ...bits(text).map(delta => ({ type: 'response.reasoning_summary_text.delta', ...place, delta })),
      { type: 'response.reasoning_summary_text.done', ...place, text },
      { type: 'response.reasoning_summary_part.done', ...place, part: { type: 'summary_text', text } },
    ]
  }
  const place = { ...at, content_index: 0 }
  const partOf = (said: string): Item => ({ type: 'output_text', text: said, annotations: [] })
  return [
    { type: 'response.content_part.added', ...place, part: partOf('') },
    ...bits(text).map(delta => ({ type: 'response.output_text.delta', ...place, delta })),
    { type: 'response.output_text.done', ...place, text },
    { type: 'response.content_part.done', ...place, part: partOf(text) },
  ]
}
