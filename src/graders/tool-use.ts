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

/** Whether a tool has this name. Case does not matter, since agents differ in it; `*` stands for anything. */
export function isTool(call: ToolCall, name: string): boolean {
  const pattern = name.split('*').map(escapeRegExp).join('.*')
  return new RegExp(`^${pattern}$`, 'is').test(call.tool)
}

/**
 * Whether a call brings in a skill: a skill tool that is given its name (plug-ins put their own name and `:` before it), or
 * a read of its SKILL.md, by a tool or by a command.
 */
export function bringsIn(call: ToolCall, skill: string): boolean {
  if (/^([a-z]+[_-])?skills?$/i.test(call.tool)) {
    const names = isObject(call.input) ? Object.values(call.input) : [call.input]
    if (names.some(name => typeof name === 'string' && (name === skill || name.endsWith(`:${skill}`))))
      return true
  }
  if (/write|edit|create|patch|delete/i.test(call.tool)) return false
  const path = new RegExp(`(^|[/\\s'"=])${escapeRegExp(skill)}/SKILL\\.md($|[^\\w.-])`)
  return textsIn(call.input).some(text => path.test(text))
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  return isObject(value) ? Object.values(value).flatMap(textsIn) : []
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
