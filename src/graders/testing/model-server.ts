import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface ModelCall {
  path: string
  headers: IncomingHttpHeaders
  body: Record<string, unknown>
  /** All texts of the prompt. */
  prompt: string
}

export interface ModelReply {
  status?: number
  headers?: Record<string, string>
  /** JSON, or text as it is. */
  body?: unknown
  /** The connection is cut. */
  drop?: boolean
  /** No answer comes until the caller gives up. */
  hang?: boolean
}

export interface ModelServer {
  url: string
  calls: ModelCall[]
  close(): Promise<void>
}

/** A model service on this machine: `reply` answers the n-th call (from 0). */
export async function modelServer(
  reply: (call: ModelCall, index: number) => ModelReply,
): Promise<ModelServer> {
  const calls: ModelCall[] = []
  const server = createServer((request, response) => {
    text(request)
      .then(body => {
        const call = {
          path: request.url ?? '',
          headers: request.headers,
          body: JSON.parse(body),
          prompt: body,
        }
        calls.push(call)
        const { status = 200, headers = {}, body: answer = '', drop, hang } = reply(call, calls.length - 1)
        if (hang) return
        if (drop) request.socket.destroy()
        else
          response
            .writeHead(status, headers)
            .end(typeof answer === 'string' ? answer : JSON.stringify(answer))
      })
      .catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    close: () =>
      new Promise(done => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

export function chatCompletion(content: string | null, more: Record<string, unknown> = {}) {
  return {
    model: 'judge-1-2026',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
    ...more,
  }
}

export function anthropicMessage(content: string, more: Record<string, unknown> = {}) {
  return {
    type: 'message',
    role: 'assistant',
    model: 'judge-a',
    content: [
      { type: 'thinking', thinking: 'hm' },
      { type: 'text', text: content },
    ],
    stop_reason: 'end_turn',
    usage: { input_tokens: 90, cache_read_input_tokens: 10, output_tokens: 20 },
    ...more,
  }
}
