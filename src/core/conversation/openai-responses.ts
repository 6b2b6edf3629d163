import { listOf, objectOf, stringOf } from '../../util/loose.ts'
import { argumentsOf, flat, message, reasoning, toolCall, toolResult, type Said, type Wire } from './said.ts'

/** OpenAI Responses: a list of items, in requests as in answers. */
export const openaiResponses: Wire = {
  asked(body) {
    const { input } = objectOf(body)
    return typeof input === 'string' ? message('user', input) : listOf(input).flatMap(itemSaid)
  },
  answered(values) {
    const events = values.map(objectOf)
    const whole = events
      .flatMap(event => listOf(objectOf(event['response'] ?? event)['output']))
      .flatMap(itemSaid)
    if (whole.length > 0) return whole
    // Not every service repeats its items at the end.
    return events
      .filter(({ type }) => type === 'response.output_item.done')
      .flatMap(({ item }) => itemSaid(item))
  },
}

function itemSaid(value: unknown): Said[] {
  const item = objectOf(value)
  const type = item['type'] ?? 'message'
  switch (type) {
    case 'message': {
      const { role, content } = item
      if (role === 'assistant') return message('assistant', flat(content))
      return role === 'user' ? message('user', flat(content)) : []
    }
    case 'reasoning':
      return reasoning(flat(item['summary']) || flat(item['content']))
    case 'function_call':
      return [toolCall(item['call_id'], nameOf(item), argumentsOf(item['arguments']))]
    case 'custom_tool_call':
      return [toolCall(item['call_id'], nameOf(item), item['input'])]
    case 'local_shell_call':
      return [toolCall(item['call_id'], 'local_shell', item['action'])]
    case 'function_call_output':
    case 'custom_tool_call_output':
    case 'local_shell_call_output':
      return [toolResult(item['call_id'], item['output'], null)]
    default:
      return []
  }
}

function nameOf({ namespace, name }: ReturnType<typeof objectOf>): string {
  return [stringOf(namespace), stringOf(name)].filter(Boolean).join('.')
}
