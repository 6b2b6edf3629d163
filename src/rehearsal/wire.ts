import { z } from 'zod'
import type { ModelApi } from '../model/service.ts'
import type { Usage } from '../model/usage.ts'
import type { TokenCounts } from './script.ts'
import type { OfferedTool, ToolCall } from './tools.ts'

/** One API that the server speaks. */
export interface Wire {
  api: ModelApi
  /** Null for a path that is none of this API's calls to a model. */
  read(path: string, body: Record<string, unknown>): Asked | null
  answer(parts: readonly Part[], about: About): Answer
  /** Body of an error. */
  error(status: number, message: string): unknown
  /** Events of a stream that begins well and then tells of an error. */
  failing(message: string, about: About): string[]
  /** What of the counts this API can tell. */
  told(counts: TokenCounts): Usage
}

export interface Asked {
  model: string
  stream: boolean
  tools: OfferedTool[]
}

export type Part =
  { type: 'think'; text: string } | { type: 'say'; text: string } | { type: 'call'; call: ToolCall }

export interface About {
  model: string
  /** Of the call. */
  number: number
  counts: TokenCounts
}

export interface Answer {
  /** The answer at once. */
  whole: unknown
  /** The same as the events of a stream, as they are sent. */
  events: string[]
}

export const Model = z.looseObject({ model: z.string(), stream: z.boolean().optional() })

/** One server-sent event. */
export function sse(data: unknown, event?: string): string {
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
}

/** A text as a model gives it: bit by bit. */
export function bits(text: string): string[] {
  return text.match(/[\s\S]{1,12}/g) ?? ['']
}
