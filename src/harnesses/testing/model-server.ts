import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as textOf } from 'node:stream/consumers'
import { z } from 'zod'

/** What the scripted model does with one call. */
export type Reply =
  | { say: string }
  /** Calls the tool that writes files, whatever its name is. */
  | { write: { path: string; content: string } }
  /** Calls the tool that runs commands. */
  | { run: string }
  | { status: number; message: string }
  /** Takes the call and never answers. */
  | 'hang'
  /** Closes the connection without an answer. */
  | 'drop'
  /** Answers with what is no event stream. */
  | 'garbage'

const Schema = z.looseObject({
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
})
const Call = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })),
  tools: z
    .array(z.looseObject({ function: z.looseObject({ name: z.string(), parameters: Schema }) }))
    .default([]),
})
export type Call = z.infer<typeof Call>

export interface ModelServer {
  /** Without `/v1`. */
  url: string
  calls: { authorization: string | undefined; body: Call }[]
  close(): Promise<void>
}

/**
 * A model that follows a script, on loopback, speaking OpenAI Chat Completions as a stream. Past the end of the script it
 * gives its last reply again. Each call reports 1234 input tokens (1000 of them cached) and 56 output tokens.
 */
export async function startModelServer(replies: readonly Reply[]): Promise<ModelServer> {
  const calls: ModelServer['calls'] = []
  const server = createServer((request, response) => {
    void answer(request, response)
  })
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Call.parse(JSON.parse(await textOf(request)))
    calls.push({ authorization: request.headers.authorization, body })
    const reply = replies[Math.min(calls.length, replies.length) - 1] ?? 'hang'
    if (reply === 'hang') return
    if (reply === 'drop') {
      request.socket.destroy()
    } else if (reply === 'garbage') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {"choices": [oops\n\n')
    } else if ('status' in reply) {
      const { status, message } = reply
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: { message, type: 'scripted', code: status } }))
    } else {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const chunk of chunks(reply, body, calls.length))
        response.write(`data: ${JSON.stringify(chunk)}\n\n`)
      response.end('data: [DONE]\n\n')
    }
  }
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

type Spoken = Extract<Reply, { say: string } | { write: unknown } | { run: string }>

function chunks(reply: Spoken, { model, tools }: Call, ordinal: number): unknown[] {
  const chunk = (choice: unknown, usage?: unknown): unknown => ({
    id: `chatcmpl-${ordinal}`,
    object: 'chat.completion.chunk',
    created: 0,
    model,
    choices: choice === null ? [] : [choice],
    ...(usage === undefined ? {} : { usage }),
  })
  const delta = (content: unknown): unknown => chunk({ index: 0, delta: content, finish_reason: null })
  const said =
    'say' in reply
      ? (reply.say.match(/[\s\S]{1,8}/g) ?? []).map(content => delta({ content }))
      : [
          delta({
            tool_calls: [
              { index: 0, type: 'function', id: `call_${ordinal}`, function: toolCall(reply, tools) },
            ],
          }),
        ]
  return [
    delta({ role: 'assistant', content: null }),
    ...said,
    chunk({ index: 0, delta: {}, finish_reason: 'say' in reply ? 'stop' : 'tool_calls' }),
    chunk(null, {
      prompt_tokens: 1234,
      completion_tokens: 56,
      total_tokens: 1290,
      prompt_tokens_details: { cached_tokens: 1000 },
      completion_tokens_details: { reasoning_tokens: 7 },
    }),
  ]
}

/** Agents name their tools differently: the one is picked that looks right, and all that it requires is filled in. */
function toolCall(
  reply: Exclude<Spoken, { say: string }>,
  tools: Call['tools'],
): { name: string; arguments: string } {
  const looksRight = 'run' in reply ? /bash|shell|exec|run/i : /write|create/i
  const tool = tools.find(({ function: { name } }) => looksRight.test(name))?.function
  if (!tool)
    throw new Error(`no offered tool looks like ${looksRight}: ${tools.map(t => t.function.name).join(', ')}`)
  const valueOf = (property: string): string => {
    if ('run' in reply) return /command|cmd/i.test(property) ? reply.run : 'scripted'
    return /path|file/i.test(property) ? reply.write.path : reply.write.content
  }
  const properties = tool.parameters.required
  return {
    name: tool.name,
    arguments: JSON.stringify(Object.fromEntries(properties.map(property => [property, valueOf(property)]))),
  }
}
