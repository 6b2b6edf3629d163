import { listOf, objectOf, stringOf, type Loose } from '../../util/loose.ts'
import { argumentsOf, flat, message, reasoning, toolCall, toolResult, type Said, type Wire } from './said.ts'

/** OpenAI Chat Completions. Reasoning has two names among the services that speak it. */
export const openaiChat: Wire = {
  asked: body => listOf(objectOf(body)['messages']).flatMap(value => messageSaid(objectOf(value))),
  answered(values) {
    const choices = values.flatMap(value => listOf(objectOf(value)['choices']).slice(0, 1)).map(objectOf)
    const whole = choices.flatMap(choice => ('message' in choice ? [objectOf(choice['message'])] : []))
    return messageSaid({
      role: 'assistant',
      ...(whole[0] ?? joined(choices.map(({ delta }) => objectOf(delta)))),
    })
  },
}

function messageSaid(said: Loose): Said[] {
  const { role, content } = said
  switch (role) {
    case 'user':
      return message('user', flat(content))
    case 'tool':
      return [toolResult(said['tool_call_id'], content, null)]
    case 'assistant':
      return [
        ...reasoning(flat(said['reasoning_content'] ?? said['reasoning'])),
        ...message('assistant', flat(content)),
        ...listOf(said['tool_calls']).map(value => {
          const call = objectOf(value)
          const { name, arguments: input } = objectOf(call['function'])
          return toolCall(call['id'], name, argumentsOf(input))
        }),
      ]
    default:
      return []
  }
}

/** The message that the pieces of a stream add up to. */
function joined(deltas: readonly Loose[]): Loose {
  const text = (key: string): string => deltas.map(delta => stringOf(delta[key])).join('')
  const calls = new Map<unknown, { id: string; name: string; arguments: string }>()
  for (const value of deltas.flatMap(delta => listOf(delta['tool_calls']))) {
    const piece = objectOf(value)
    const about = objectOf(piece['function'])
    const call = calls.get(piece['index']) ?? { id: '', name: '', arguments: '' }
    calls.set(piece['index'], {
      id: call.id || stringOf(piece['id']),
      name: call.name || stringOf(about['name']),
      arguments: call.arguments + stringOf(about['arguments']),
    })
  }
  return {
    content: text('content'),
    reasoning_content: text('reasoning_content') || text('reasoning'),
    tool_calls: [...calls.values()].map(({ id, ...about }) => ({ id, function: about })),
  }
}
