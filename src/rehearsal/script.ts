import type { IncomingHttpHeaders } from 'node:http'
import type { ModelApi } from '../model/service.ts'
import type { Usage } from '../model/usage.ts'

/** One use of a tool; which of the offered tools that is, is found out by its name. */
export type ToolUse =
  /** Writes a new file, by a tool for files or else by a command. A path is relative to the agent's working directory. */
  | { write: { path: string; content: string } }
  | { run: string }
  /** The tool of this name; of an MCP server's also without what the agent puts before it. */
  | { use: string; input: Record<string, unknown> }

export interface Spoken {
  say?: string
  /** Told as reasoning, before the rest. */
  think?: string
  /** Several at once. */
  tools?: readonly ToolUse[]
}

interface Manner {
  /** Instead of the script's own count for this call. */
  usage?: Partial<TokenCounts>
  /** Waits this long before each event of a stream. */
  chunkMs?: number
  /** Cuts the connection after so many events of a stream. */
  cutAfter?: number
}

/** What the scripted model does with one call. */
export type Reply =
  | (Spoken & Manner)
  | (ToolUse & Manner)
  | { status: number; message: string; headers?: Record<string, string> }
  /** Begins a stream and tells of an error in it. */
  | { failing: string }
  /** Takes the call and never answers. */
  | 'hang'
  /** Closes the connection without an answer. */
  | 'drop'
  /** Answers with what is no event stream. */
  | 'garbage'

/** Past its end the last reply is given again. */
export type Replies = readonly Reply[]

/** A script of its own for the calls of one kind: an agent asks for titles and memories besides, often of another model. */
export interface Lane {
  /** Exactly this model. */
  model?: string
  /** Whether tools are offered. */
  tools?: boolean
  replies: Replies
}

/** The same replies for all calls, replies by lane (the first that fits a call), or a function; `index` counts within the lane, from 0. */
export type Script = Replies | { lanes: readonly Lane[] } | ((call: ScriptedCall, index: number) => Reply)

/** Tokens of one call by class, each counted once: `output` includes `reasoning`, `input` no cached ones. */
export interface TokenCounts {
  input: number
  cacheRead: number
  /** Null: not told at all. */
  cacheWrite: number | null
  output: number
  reasoning: number
}

/** One call as the server saw it, and what it answered. */
export interface ScriptedCall {
  /** From 1. */
  number: number
  api: ModelApi
  path: string
  headers: IncomingHttpHeaders
  body: Record<string, unknown>
  /** The body as it came: to look for texts in it. */
  text: string
  model: string
  stream: boolean
  /** Names of the offered tools; one in a namespace as `namespace.name`. */
  tools: string[]
  /** HTTP status; null where nothing was answered. */
  status: number | null
  /** As reported, once the whole answer has been sent; a class that the API does not tell is null. */
  usage: Usage | null
}

/** Differs from call to call in all classes, so that a sum tells which calls are in it. */
export function usualCounts(number: number): TokenCounts {
  return {
    input: 200 + 11 * number,
    cacheRead: 1000 + 101 * number,
    cacheWrite: 30 + 3 * number,
    output: 50 + 7 * number,
    reasoning: 5 + number,
  }
}
