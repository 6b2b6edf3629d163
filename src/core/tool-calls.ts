import type { TranscriptEvent } from '../model/trial.ts'

/** A call of a tool, as the transcript has it. */
export type ToolCall = Extract<TranscriptEvent, { type: 'tool_call' }>

export function toolCalls(transcript: readonly TranscriptEvent[]): ToolCall[] {
  return transcript.filter(event => event.type === 'tool_call')
}

/** The command that a call runs, as one line; null if it runs none. Tools name it `command`, `cmd` or `argv`. */
export function commandOf({ input }: ToolCall): string | null {
  if (!isObject(input)) return null
  for (const value of [input.command, input.cmd, input.argv]) {
    if (typeof value === 'string') return value
    if (Array.isArray(value) && value.every(part => typeof part === 'string')) return value.join(' ')
  }
  return null
}

/** All texts in a value, such as the input of a call. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  return isObject(value) ? Object.values(value).flatMap(textsIn) : []
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
