import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as textOf } from 'node:stream/consumers'
import { z } from 'zod'
import type { ModelAccess } from '../contracts.ts'
import { addUsage } from '../core/attempt.ts'
import type { ModelApi } from '../model/service.ts'
import type { Usage } from '../model/usage.ts'
import { anthropic } from './anthropic.ts'
import { gemini } from './gemini.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiResponses } from './openai-responses.ts'
import { follow, give, sendJson, type ServerOptions } from './give.ts'
import type { Script, ScriptedCall } from './script.ts'
import type { Wire } from './wire.ts'

const wires: readonly Wire[] = [openaiChat, openaiResponses, anthropic, gemini]

export interface ModelServer {
  /** `http://127.0.0.1:PORT` */
  url: string
  /** What an agent is told to reach it, without anything in between. */
  access(api: ModelApi, key?: string): ModelAccess
  /** Calls to a model, in the order in which they came. What was reported to the agents is the truth for all counts. */
  calls: ScriptedCall[]
  /** Method and path of requests that ask no model. */
  others: string[]
  /** All that was reported, summed up; null if nothing was. */
  usage(): Usage | null
  /** Mistakes of the script, such as a tool that no agent offers: answered with status 400. */
  mistakes: string[]
  close(): Promise<void>
}

/** A model that follows a script, on loopback: OpenAI Responses and Chat Completions, Anthropic Messages and Gemini, as a stream or not. */
export async function startModelServer(script: Script, options: ServerOptions = {}): Promise<ModelServer> {
  const calls: ScriptedCall[] = []
  const others: string[] = []
  const mistakes: string[] = []
  const replyTo = follow(script)

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0] ?? ''
    const text = await textOf(request)
    const body =
      request.method === 'POST' ? z.record(z.string(), z.unknown()).parse(JSON.parse(text || '{}')) : {}
    for (const wire of wires) {
      const asked = request.method === 'POST' ? wire.read(path, body) : null
      if (!asked) continue
      const call: ScriptedCall = {
        number: calls.length + 1,
        api: wire.api,
        path: request.url ?? '',
        headers: request.headers,
        body,
        text,
        model: asked.model,
        stream: asked.stream,
        tools: asked.tools.map(({ name, namespace }) => (namespace === null ? name : `${namespace}.${name}`)),
        status: null,
        usage: null,
      }
      calls.push(call)
      await give(replyTo(call), call, asked, wire, response, options)
      return
    }
    others.push(`${request.method} ${request.url}`)
    if (path.endsWith('/count_tokens')) sendJson(response, 200, { input_tokens: Math.ceil(text.length / 4) })
    else if (path.endsWith('/models')) sendJson(response, 200, { object: 'list', data: [] })
    else sendJson(response, 404, { error: { message: `there is nothing at ${request.method} ${path}` } })
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // The agent went away, or the script asks for what cannot be done.
      if (response.headersSent || response.destroyed) return void response.destroy()
      mistakes.push(error instanceof Error ? error.message : String(error))
      sendJson(response, 400, { error: { message: String(error), type: 'mistake-in-the-script' } })
    })
  })
  // codex asks for a WebSocket first: 426 makes it go on without one.
  server.on('upgrade', (request, socket) => {
    others.push(`UPGRADE ${request.url}`)
    socket.end('HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    access: (api, key = 'dummy-key') => ({ api, url: api.startsWith('openai') ? `${url}/v1` : url, key }),
    calls,
    others,
    mistakes,
    usage: () => sumOf(calls),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** What the answered calls reported, class by class: null where none told it. */
export function sumOf(calls: readonly ScriptedCall[]): Usage | null {
  return calls.reduce<Usage | null>(
    (sum, { usage }) => (usage === null ? sum : addUsage(sum, known(usage))),
    null,
  )
}

function known(usage: Usage): { [K in keyof Usage]?: number | undefined } {
  return Object.fromEntries(Object.entries(usage).filter(([, count]) => count !== null))
}
