import type { ModelApi } from '../../model/service.ts'
import type { TranscriptEvent } from '../../model/trial.ts'
import { anthropic } from './anthropic.ts'
import { answerValues } from './answer-values.ts'
import { gemini } from './gemini.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiResponses } from './openai-responses.ts'
import type { Said, Wire } from './said.ts'

const wires: Record<ModelApi, Wire> = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  anthropic,
  gemini,
}

/** A model call that was answered. */
export interface Exchange {
  api: ModelApi
  lane: string
  /** Whether tools were offered: side calls (titles, memory) have none. */
  hasTools: boolean
  /** The parsed body of the request. */
  body: unknown
  /** The answer's body as it came. */
  answer: string
  /** From the start of the attempt. */
  atMs: number
  durationMs: number
}

/** Follows the conversations of one trial. */
export interface Conversation {
  /** Call with each answered model call, in order. */
  hear(exchange: Exchange): void
  /** What was said in the lane in which the work was done: the one with tools and the most calls. */
  transcript(): TranscriptEvent[]
}

interface Lane {
  calls: number
  hasTools: boolean
  events: TranscriptEvent[]
  /** How often each step has been told. */
  told: Map<string, number>
}

/**
 * Each request repeats what was said before, so of a request only that is told which was not told as often yet. This holds
 * too where an agent shortens the conversation on the way.
 */
export function followConversation(): Conversation {
  const lanes = new Map<string, Lane>()
  return {
    hear({ api, lane: name, hasTools, body, answer, atMs, durationMs }) {
      const lane: Lane = lanes.get(name) ?? { calls: 0, hasTools, events: [], told: new Map() }
      lanes.set(name, lane)
      lane.calls++
      tell(lane, wires[api].asked(body), atMs)
      for (const said of wires[api].answered(answerValues(answer))) {
        const key = keyOf(said)
        lane.told.set(key, (lane.told.get(key) ?? 0) + 1)
        lane.events.push({ ...said, atMs: atMs + durationMs })
      }
    },
    transcript() {
      const all = [...lanes.values()]
      const working = all.filter(lane => lane.hasTools)
      const most = (working.length > 0 ? working : all).toSorted((a, b) => b.calls - a.calls)
      return most[0]?.events ?? []
    },
  }
}

function tell(lane: Lane, said: readonly Said[], atMs: number): void {
  const inRequest = new Map<string, number>()
  for (const each of said) {
    const key = keyOf(each)
    const times = (inRequest.get(key) ?? 0) + 1
    inRequest.set(key, times)
    if (times <= (lane.told.get(key) ?? 0)) continue
    lane.told.set(key, times)
    lane.events.push({ ...each, atMs })
  }
}

/**
 * What makes two steps the same: agents give back what a model said with other white space, calls with ids of their own, and
 * results shortened.
 */
function keyOf(said: Said): string {
  switch (said.type) {
    case 'tool_call':
      return JSON.stringify([said.type, said.tool, said.input])
    case 'tool_result':
      return `${said.type} ${said.id}`
    case 'message':
      return `${said.role} ${said.text.trim()}`
    case 'reasoning':
      return `reasoning ${said.text.trim()}`
    case 'error':
      return `error ${said.message}`
  }
}
