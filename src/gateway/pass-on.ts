import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import type { ModelAnswer } from './upstream.ts'

export interface Passed {
  /** Until the first byte of the body was given to the agent; null if none was. */
  firstByteAt: number | null
  /** The same of the last one. */
  lastByteAt: number | null
  bytes: number
  /** What broke the connection: null if the answer came to its end. */
  broken: 'agent' | 'service' | null
}

/**
 * Gives an answer to the agent, each chunk as it comes, as fast as the agent takes it. When the service breaks off the agent's
 * connection is broken, too: it must not take half an answer for a whole one. Never throws for what either side does.
 */
export async function passOn(
  answer: ModelAnswer,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<Passed> {
  const passed: Passed = { firstByteAt: null, lastByteAt: null, bytes: 0, broken: null }
  response.writeHead(answer.status, answer.headers)
  response.flushHeaders()
  try {
    for await (const chunk of answer.body) {
      if (response.destroyed) break
      passed.lastByteAt = performance.now()
      passed.firstByteAt ??= passed.lastByteAt
      passed.bytes += chunk.length
      if (!response.write(chunk)) await once(response, 'drain', { signal })
    }
  } catch {
    // Either side, or the end of the trial: told by what follows.
    passed.broken = 'service'
  }
  if (response.destroyed || signal.aborted) passed.broken = 'agent'
  if (passed.broken === null) response.end()
  else response.destroy()
  return passed
}
