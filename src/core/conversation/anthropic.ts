import { parseJson } from '../../util/json.ts'
import { listOf, objectOf, stringOf, type Loose } from '../../util/loose.ts'
import { message, reasoning, toolCall, toolResult, type Said, type Wire } from './said.ts'

/** Anthropic Messages: each message is a list of blocks. */
export const anthropic: Wire = {
  asked: body =>
    listOf(objectOf(body)['messages']).flatMap(value => {
      const { role, content } = objectOf(value)
      const speaker = role === 'assistant' ? 'assistant' : 'user'
      return typeof content === 'string'
        ? message(speaker, content)
        : listOf(content).flatMap(block => blockSaid(speaker, objectOf(block)))
    }),
  answered(values) {
    const events = values.map(objectOf)
    const whole = events.flatMap(({ type, content }) => (type === 'message' ? listOf(content) : []))
    const blocks = whole.length > 0 ? whole.map(objectOf) : joined(events)
    return blocks.flatMap(block => blockSaid('assistant', block))
  },
}

function blockSaid(speaker: 'user' | 'assistant', block: Loose): Said[] {
  switch (block['type']) {
    case 'text':
      return message(speaker, stringOf(block['text']))
    case 'thinking':
      return reasoning(stringOf(block['thinking']))
    case 'tool_use':
      return [toolCall(block['id'], block['name'], block['input'])]
    case 'tool_result': {
      const { tool_use_id: id, content, is_error: isError } = block
      return [toolResult(id, content, typeof isError === 'boolean' ? isError : null)]
    }
    default:
      return []
  }
}

/** The blocks that the pieces of a stream add up to. */
function joined(events: readonly Loose[]): Loose[] {
  const blocks = new Map<unknown, { start: Loose; text: string; thinking: string; json: string }>()
  for (const event of events) {
    const { type, index } = event
    if (type === 'content_block_start') {
      const start = objectOf(event['content_block'])
      const { text, thinking } = start
      blocks.set(index, { start, text: stringOf(text), thinking: stringOf(thinking), json: '' })
    }
    const block = blocks.get(index)
    if (type !== 'content_block_delta' || !block) continue
    const delta = objectOf(event['delta'])
    block.text += stringOf(delta['text'])
    block.thinking += stringOf(delta['thinking'])
    block.json += stringOf(delta['partial_json'])
  }
  return [...blocks.values()].map(({ start, text, thinking, json }) => ({
    ...start,
    text,
    thinking,
    input: json === '' ? start['input'] : (parseJson(json) ?? json),
  }))
}
