import { z } from 'zod'
import type { AgentReport } from './agent-report.ts'

/** Messages as Anthropic's API has them: Claude Code tells its work in this shape, and others do after it. */

const Block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  thinking: z.string().optional(),
  id: z.string().optional(),
  name: z.string().optional(),
  input: z.unknown().optional(),
  tool_use_id: z.string().optional(),
  content: z.unknown().optional(),
  is_error: z.boolean().nullish(),
})
type Block = z.infer<typeof Block>

export const Message = z.looseObject({
  id: z.string().optional(),
  model: z.string().optional(),
  content: z.union([z.string().transform((text): Block[] => [{ type: 'text', text }]), z.array(Block)]),
})
export type Message = z.infer<typeof Message>

const Texts = z.union([
  z.string(),
  z
    .array(z.looseObject({ type: z.string(), text: z.string().optional() }))
    .transform(parts => parts.map(part => part.text ?? `[${part.type}]`).join('\n')),
])

/** Adds what the model said and which tools it called. */
export function readAssistant(report: AgentReport, { content }: Message, atMs: number | null): void {
  const { transcript } = report
  for (const block of content) {
    if (block.type === 'thinking' && block.thinking)
      transcript.push({ type: 'reasoning', text: block.thinking, atMs })
    if (block.type === 'text' && block.text)
      transcript.push({ type: 'message', role: 'assistant', text: block.text, atMs })
    if (block.type === 'tool_use' && block.id !== undefined)
      transcript.push({ type: 'tool_call', id: block.id, tool: block.name ?? '', input: block.input, atMs })
  }
}

/** Adds what the tools answered. */
export function readToolResults(report: AgentReport, { content }: Message, atMs: number | null): void {
  for (const { type, tool_use_id: id, content: output, is_error: isError } of content) {
    if (type !== 'tool_result' || id === undefined) continue
    const text = Texts.safeParse(output ?? '').data ?? JSON.stringify(output)
    report.transcript.push({ type: 'tool_result', id, output: text, isError: isError ?? false, atMs })
  }
}

/** All that a message says, as one text. */
export function textOf({ content }: Message): string {
  return content.map(block => block.text ?? '').join('\n')
}
