import { performance } from 'node:perf_hooks'
import type { GatewayReport, GatewayTrial } from '../contracts.ts'
import { followConversation } from '../core/conversation/conversation.ts'
import { watchContext } from '../core/context/sight.ts'
import type { ContextSight, Metered } from '../model/model-call.ts'
import type { Observer } from './observer.ts'
import { openRecorder } from './recorder.ts'
import { openReplay } from './replay.ts'
import type { Upstream } from './upstream.ts'

/** What is learnt from the texts of a trial's calls, and where they are kept, or come from. */
export interface Tape {
  /** What answers: the service, or a recording. */
  upstream: Upstream
  observers: Observer[]
  /** To be called when the agent has ended. Writes the recording. */
  close(): Promise<{
    context: ContextSight[]
    replay: Metered['replay']
    transcript: GatewayReport['transcript']
  }>
}

/** Throws InfraError if a recording cannot be read. */
export async function openTape(
  { context, record, replay, volatile, logs }: GatewayTrial,
  service: Upstream,
): Promise<Tape> {
  const startedAt = performance.now()
  const watch = watchContext(context)
  const conversation = followConversation()
  const recorder = record ? openRecorder(volatile) : null
  const played = replay ? await openReplay(replay, volatile) : null
  const observer: Observer = {
    onRequest: ({ number, body }) => watch.see(number, body),
    onAnswer({ api, lane, tools, atMs, body }, answer) {
      if (answer.status >= 400 || !answer.body) return
      const durationMs = Math.max(0, performance.now() - startedAt - atMs)
      const text = answer.body.toString()
      conversation.hear({ api, lane, hasTools: tools.length > 0, body, answer: text, atMs, durationMs })
    },
  }
  const answering = played?.upstream ?? service
  return {
    upstream: recorder?.around(answering) ?? answering,
    observers: [observer, ...(recorder ? [recorder.observer] : [])],
    async close() {
      await recorder?.close(logs)
      return {
        context: watch.sights(),
        replay: played?.outcome() ?? null,
        transcript: conversation.transcript(),
      }
    },
  }
}
