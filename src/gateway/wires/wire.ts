import type { ModelApi } from '../../model/service.ts'
import type { Usage } from '../../model/usage.ts'

/** What a request asks for. */
export interface Question {
  model: string | null
  /** Names of the tools that are offered. */
  tools: string[]
  streamed: boolean
}

/** Tokens of one call, with what only its price depends on. */
export interface Tokens extends Usage {
  /** The part of the cache writes that is kept for an hour. */
  longCacheWriteTokens: number | null
  /** Searches of the service itself, which cost besides. */
  webSearches: number | null
}

/** What an answer has told so far. */
export interface Told {
  model: string | null
  tokens: Tokens | null
  /** Of an error in the answer; `kind` is the service's own word, empty where it has none. */
  error: { kind: string; message: string } | null
  /** How it was served where that changes the price (`flex`, `priority`, `batch`); null where it does not. */
  tier: string | null
  /** Whether anything of it was what this API answers: a page for people, as of a proxy that wants a login, is not. */
  isKnown: boolean
  /** Whether the last word was said: nothing of use comes after it. */
  isWhole: boolean
}

/** One of the languages between agents and model services. Nothing here throws, whatever comes. */
export interface Wire {
  api: ModelApi
  /** Whether a POST to this path (without its query) asks a model. */
  asks(path: string): boolean
  /** `body` is undefined where it is no JSON. */
  question(body: unknown, path: string): Question
  /** Adds what one event of a stream, or a whole answer, tells. */
  read(told: Told, value: unknown): void
  /** The body of an error that agents do not answer by trying again. */
  refusal(message: string): unknown
}

export function nothingTold(): Told {
  return { model: null, tokens: null, error: null, tier: null, isKnown: false, isWhole: false }
}
