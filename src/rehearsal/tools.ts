import { posix } from 'node:path'
import { z } from 'zod'
import type { ToolUse } from './script.ts'

const Property = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  description: z.string().optional(),
  minimum: z.number().optional(),
})
type Property = z.infer<typeof Property>

/** JSON Schema of a tool's input, as far as it is needed. */
export const InputSchema = z.looseObject({
  properties: z.record(z.string(), Property.catch({})).default({}),
  required: z.array(z.string()).default([]),
})

export interface OfferedTool {
  name: string
  /** The group of tools that it stands in; null for none. */
  namespace: string | null
  /** Null for a tool that takes plain text. */
  schema: z.infer<typeof InputSchema> | null
}

export interface ToolCall extends Pick<OfferedTool, 'name' | 'namespace'> {
  id: string
  /** Plain text for a tool without a schema. */
  input: Record<string, unknown> | string
}

/** By preference: agents offer several tools that sound alike. */
const names = {
  write: [/^write(_?file)?$/i, /^create(_?file)?$/i, /^editor$/i, /^apply_patch$/i],
  run: [
    /^(bash|exec_command|run_shell_command|run_commands?|shell(_command)?|execute_command)$/i,
    /bash|shell|exec|terminal/i,
  ],
}

/** Picks the tool that does it and fills in what it requires. Throws where none is offered. */
export function toolCall(
  use: ToolUse,
  offered: readonly OfferedTool[],
  id: string,
  folder: string | null,
): ToolCall {
  if ('use' in use) {
    const tool = named(offered, use.use)
    return callOf(tool, id, tool.schema === null ? JSON.stringify(use.input) : use.input)
  }
  if ('run' in use) return runIt(use.run, offered, id)
  const tool = firstThat(offered, names.write)
  if (!tool) return runIt(asCommand(use.write), offered, id)
  const patch = asPatch(use.write)
  if (tool.schema === null) return callOf(tool, id, patch)
  if (/patch/i.test(tool.name))
    return callOf(
      tool,
      id,
      filled(tool, property => (/input|patch/i.test(property) ? patch : null)),
    )
  return callOf(
    tool,
    id,
    filled(tool, (property, { description = '' }) => {
      const { path, content } = use.write
      if (/content|text/i.test(property)) return content
      if (!/path|file/i.test(property)) return null
      const wantsAbsolute = /absolute/i.test(description) && !/\b(or|be) (a )?relative/i.test(description)
      return wantsAbsolute && folder !== null ? posix.join(folder, path) : path
    }),
  )
}

function runIt(command: string, offered: readonly OfferedTool[], id: string): ToolCall {
  const tool = firstThat(offered, names.run)
  if (!tool)
    throw new Error(
      `no tool that runs commands is offered: ${offered.map(t => t.name).join(', ') || 'none at all'}`,
    )
  if (tool.schema === null) return callOf(tool, id, command)
  return callOf(
    tool,
    id,
    filled(tool, (property, { type }) => {
      if (!/^(command|cmd|commands|script)$/i.test(property)) return null
      if (type !== 'array') return command
      return /s$/i.test(property) ? [command] : ['bash', '-lc', command]
    }),
  )
}

function callOf({ name, namespace }: OfferedTool, id: string, input: ToolCall['input']): ToolCall {
  return { name, namespace, id, input }
}

/** All required properties, and besides those that `valueOf` knows a value for. */
function filled(
  { schema }: OfferedTool,
  valueOf: (property: string, about: Property) => unknown,
): Record<string, unknown> {
  const { properties = {}, required = [] } = schema ?? {}
  const all = new Set([...Object.keys(properties), ...required])
  return Object.fromEntries(
    [...all].flatMap(property => {
      const about = properties[property] ?? {}
      const value = valueOf(property, about) ?? (required.includes(property) ? anyValue(about) : null)
      return value === null ? [] : [[property, value]]
    }),
  )
}

function anyValue({ type, enum: choices, minimum }: Property): unknown {
  if (choices?.length) return choices[0]
  switch (Array.isArray(type) ? type[0] : type) {
    case 'number':
    case 'integer':
      return minimum ?? 1
    case 'boolean':
      return false
    case 'array':
      return []
    case 'object':
      return {}
    default:
      return 'scripted'
  }
}

function firstThat(offered: readonly OfferedTool[], patterns: readonly RegExp[]): OfferedTool | null {
  for (const pattern of patterns) {
    const found = offered.find(({ name }) => pattern.test(name))
    if (found) return found
  }
  return null
}

function named(offered: readonly OfferedTool[], name: string): OfferedTool {
  const found =
    offered.find(tool => tool.name === name) ??
    offered.find(tool => ['_', '.', '-'].some(joint => tool.name.endsWith(`${joint}${name}`)))
  if (!found)
    throw new Error(`no tool "${name}" is offered: ${offered.map(t => t.name).join(', ') || 'none at all'}`)
  return found
}

function asPatch({ path, content }: { path: string; content: string }): string {
  const added = content
    .replace(/\n$/, '')
    .split('\n')
    .map(line => `+${line}`)
  return ['*** Begin Patch', `*** Add File: ${path}`, ...added, '*** End Patch', ''].join('\n')
}

function asCommand({ path, content }: { path: string; content: string }): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
  return `mkdir -p ${quoted(posix.dirname(path))} && printf %s ${quoted(content)} > ${quoted(path)}`
}
