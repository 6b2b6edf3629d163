import { isObject, textsIn, type ToolCall } from '../core/tool-calls.ts'

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

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
