import type { TranscriptEvent } from '../../model/trial.ts'
import { parseJson } from '../../util/json.ts'
import { objectOf, stringOf } from '../../util/loose.ts'

type WithoutTime<T> = T extends unknown ? Omit<T, 'atMs'> : never

/** A step of a conversation, of which the time is not known yet. */
export type Said = WithoutTime<TranscriptEvent>

/** How an API tells a conversation. */
export interface Wire {
  /** All that a request holds: what was said before, and what is new. Instructions to the model are left out. */
  asked(body: unknown): Said[]
  /** What an answer holds, given its events or the one value that it is. */
  answered(values: readonly unknown[]): Said[]
}

/** Empty for an empty text: nothing was said. */
export function message(role: 'user' | 'assistant', text: string): Said[] {
  return text.trim() === '' ? [] : [{ type: 'message', role, text }]
}

export function reasoning(text: string): Said[] {
  return text.trim() === '' ? [] : [{ type: 'reasoning', text }]
}

export function toolCall(id: unknown, tool: unknown, input: unknown): Said {
  return { type: 'tool_call', id: stringOf(id), tool: stringOf(tool), input }
}

export function toolResult(id: unknown, output: unknown, isError: boolean | null): Said {
  return { type: 'tool_result', id: stringOf(id), output: flat(output), isError }
}

/** Arguments that are told as JSON in a string; the string itself where it is none. */
export function argumentsOf(text: unknown): unknown {
  return parseJson(stringOf(text)) ?? text
}

/** The text of what may be a string, or a list of parts of which some have a text. */
export function flat(content: unknown): string {
  if (typeof content === 'string') return content
  if (Array.isArray(content))
    return content
      .map(part => flat(textIn(part)))
      .filter(Boolean)
      .join('\n')
  return content === undefined || content === null ? '' : JSON.stringify(content)
}

function textIn(part: unknown): unknown {
  if (typeof part === 'string') return part
  const { text, content } = objectOf(part)
  return text ?? content ?? ''
}
