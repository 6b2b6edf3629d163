import type { ModelApi } from '../model/service.ts'
import type { ModelRequest } from './upstream.ts'

/** A request to a model, before it is sent on. */
export interface SeenRequest {
  /** Number of the call. */
  number: number
  api: ModelApi
  lane: string
  /** Names of those that are offered. */
  tools: readonly string[]
  /** From the start of the attempt. */
  atMs: number
  /** As the agent sent it, with the credentials that it has. */
  request: ModelRequest
  /** The parsed body; undefined where it is no JSON. */
  body: unknown
}

/** What came of it, in plain bytes. */
export interface SeenAnswer {
  status: number
  headers: Readonly<Record<string, string>>
  /** Null where it was too long to be kept. */
  body: Buffer | null
  /** Whether it came to its end. */
  isWhole: boolean
}

/** Whoever wants to see what passes between agent and model. Called in order of the calls' beginning and end; must not throw. */
export interface Observer {
  onRequest?(seen: SeenRequest): void
  onAnswer?(seen: SeenRequest, answer: SeenAnswer): void
}
