import type { ModelApi } from '../model/service.ts'

/** A request of an agent, read whole, without the prefix of its trial. */
export interface ModelRequest {
  /** Of the call; the same if it is asked again. */
  number: number
  /** Null for a request that asks no model. */
  api: ModelApi | null
  lane: string
  method: string
  /** Below the URL of the service, with its query: `/responses`. */
  path: string
  /** Lower-case names; without those that are between two programs only. */
  headers: Readonly<Record<string, string>>
  body: Buffer
}

/** An answer as it comes. */
export interface ModelAnswer {
  status: number
  headers: Readonly<Record<string, string>>
  body: AsyncIterable<Uint8Array>
  /** It would be the same again, whatever it is. */
  isFinal?: boolean
}

/** What answers an agent's requests: a service, or a recording of one. Throws InfraError where no answer can be had. */
export type Upstream = (request: ModelRequest, signal: AbortSignal) => Promise<ModelAnswer>
