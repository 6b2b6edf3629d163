import { setTimeout as sleep } from 'node:timers/promises'
import { statSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import {
  usualCounts,
  type Lane,
  type Reply,
  type Script,
  type ScriptedCall,
  type Spoken,
  type TokenCounts,
  type ToolUse,
} from './script.ts'
import { toolCall } from './tools.ts'
import type { Asked, Part, Wire } from './wire.ts'

export interface ServerOptions {
  counts?: (number: number) => TokenCounts
  /** Tells cache writes over the OpenAI APIs too; not every agent knows of them. */
  cacheWrites?: boolean
  /** The model's name in answers, by the one that was asked for. Default: the same. */
  observed?: (model: string) => string
  /** Of the agent, for tools that want absolute paths; without it what the request says of a working directory. */
  workspace?: string
}

/** Gives each call the reply that the script has for it. */
export function follow(script: Script): (call: ScriptedCall) => Reply {
  if (typeof script === 'function') {
    let calls = 0
    return call => script(call, calls++)
  }
  const lanes: readonly Lane[] = 'lanes' in script ? script.lanes : [{ replies: script }]
  const counts = new Map<Lane, number>()
  return call => {
    const lane = lanes.find(
      ({ model, tools }) =>
        (model === undefined || model === call.model) &&
        (tools === undefined || tools === call.tools.length > 0),
    )
    const index = (lane && counts.get(lane)) ?? 0
    if (lane) counts.set(lane, index + 1)
    const reply = lane?.replies[Math.min(index, lane.replies.length - 1)]
    if (reply === undefined)
      throw new Error(`the script has no reply for ${call.model} with ${call.tools.length} tools`)
    return reply
  }
}

/** Answers one call as the script says, and notes in it what was told. Throws where the script asks for what cannot be done. */
export async function give(
  reply: Reply,
  call: ScriptedCall,
  asked: Asked,
  wire: Wire,
  response: ServerResponse,
  options: ServerOptions,
): Promise<void> {
  if (reply === 'hang') return
  if (reply === 'drop') return void response.destroy()
  if (reply === 'garbage') {
    call.status = 200
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {"choices": [oops\n\n')
    return
  }
  if ('status' in reply) {
    call.status = reply.status
    return sendJson(response, reply.status, wire.error(reply.status, reply.message), reply.headers)
  }
  const { observed = model => model, counts: countsOf = usualCounts, cacheWrites = false } = options
  const tellsWrites = wire.api === 'anthropic' || cacheWrites
  const usual = countsOf(call.number)
  const about = {
    model: observed(asked.model),
    number: call.number,
    counts: tellsWrites ? usual : { ...usual, cacheWrite: null },
  }
  if ('failing' in reply) {
    // Some agents ask again without a stream.
    if (!asked.stream) {
      call.status = 503
      return sendJson(response, 503, wire.error(503, reply.failing))
    }
    call.status = 200
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const event of wire.failing(reply.failing, about)) {
      response.write(event)
      await sleep(20)
    }
    response.end()
    return
  }
  const counts = { ...about.counts, ...reply.usage }
  const parts = partsOf(reply, asked, call, options)
  const { whole, events } = wire.answer(parts, { ...about, counts })
  call.status = 200
  if (asked.stream) {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const [index, event] of events.entries()) {
      if (reply.chunkMs) await sleep(reply.chunkMs)
      if (response.destroyed) return
      if (index === reply.cutAfter) return void response.destroy()
      response.write(event)
    }
    response.end()
  } else {
    sendJson(response, 200, whole)
  }
  call.usage = wire.told(counts)
}

type Answered = Exclude<Reply, string | { status: number } | { failing: string }>

function partsOf(reply: Answered, asked: Asked, call: ScriptedCall, options: ServerOptions): Part[] {
  const { think, say, tools = [] }: Spoken = isToolUse(reply) ? { tools: [reply] } : reply
  const folder = options.workspace ?? workingDirectory(call.text)
  const calls = tools.map((use, index) => toolCall(use, asked.tools, `call_${call.number}_${index}`, folder))
  return [
    ...(think === undefined ? [] : [{ type: 'think' as const, text: think }]),
    ...(say === undefined ? [] : [{ type: 'say' as const, text: say }]),
    ...calls.map(made => ({ type: 'call' as const, call: made })),
  ]
}

function isToolUse(reply: Answered): reply is Extract<Answered, ToolUse> {
  return 'write' in reply || 'run' in reply || 'use' in reply
}

/** Most agents tell their model where they are. */
function workingDirectory(text: string): string | null {
  const found = text.matchAll(/(?:working director(?:y|ies)|\bcwd)\b[^/\n]{0,40}(\/[^\s"'`<>,\\]+)/gi)
  // Texts of agents speak of working directories for many reasons.
  return [...found].map(([, path = '']) => path).find(path => isFolder(path)) ?? null
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}
