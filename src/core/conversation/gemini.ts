import { listOf, objectOf, stringOf } from '../../util/loose.ts'
import { flat, message, reasoning, toolCall, toolResult, type Said, type Wire } from './said.ts'

/** Gemini: contents of parts. Calls have an id only where the client gives them one, so their names do for it. */
export const gemini: Wire = {
  asked: body =>
    listOf(objectOf(body)['contents']).flatMap(value => {
      const { role, parts } = objectOf(value)
      return partsSaid(role === 'model' ? 'assistant' : 'user', listOf(parts))
    }),
  // Without SSE a stream is one array of what would have been its events.
  answered: values =>
    partsSaid(
      'assistant',
      values
        .flatMap(value => (Array.isArray(value) ? value : [value]))
        .flatMap(value => listOf(objectOf(value)['candidates']).slice(0, 1))
        .flatMap(candidate => listOf(objectOf(objectOf(candidate)['content'])['parts'])),
    ),
}

function partsSaid(speaker: 'user' | 'assistant', parts: readonly unknown[]): Said[] {
  const said: Said[] = []
  for (const value of parts) {
    const part = objectOf(value)
    const text = stringOf(part['text'])
    const last = said.at(-1)
    if (part['functionCall'] !== undefined) {
      const { id, name, args } = objectOf(part['functionCall'])
      said.push(toolCall(id ?? name, name, args))
    } else if (part['functionResponse'] !== undefined) {
      const { id, name, response } = objectOf(part['functionResponse'])
      const { output, error } = objectOf(response)
      said.push(toolResult(id ?? name, flat(output ?? error ?? response), error === undefined ? null : true))
    } else if (part['thought'] === true) {
      if (last?.type === 'reasoning') last.text += text
      else said.push(...reasoning(text))
    } else if (last?.type === 'message' && speaker === 'assistant') last.text += text
    else said.push(...message(speaker, text))
  }
  return said
}
