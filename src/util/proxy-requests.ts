import { request as requestOverHttp, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { pipeline, type Duplex } from 'node:stream'
import { parseAuthority } from './destination.ts'
import { relay } from './relay.ts'

/** It was asked for what is not given: the asker's doing. */
export class Refused extends Error {
  override name = 'Refused'
}

/** A connection to a place. Throws Refused where it may not be had, or the system's error. */
export type Reach = (host: string, port: number) => Promise<Socket>

/** Answers a CONNECT: bytes both ways. */
export async function tunnel(
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
  reach: Reach,
): Promise<void> {
  const to = parseAuthority(request.url ?? '')
  if (!to || to.port === null) return answerRaw(client, 400, 'expected host:port')
  try {
    const upstream = await reach(to.host, to.port)
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    if (head.length > 0) upstream.write(head)
    relay(client, upstream)
  } catch (error) {
    const { status, text } = answerTo(error)
    answerRaw(client, status, text)
  }
}

function answerRaw(client: Duplex, status: number, text: string): void {
  if (client.destroyed) return
  const body = `${text}\n`
  client.end(
    `HTTP/1.1 ${status} ${status === 403 ? 'Forbidden' : status === 400 ? 'Bad Request' : 'Bad Gateway'}\r\n` +
      `Content-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
  // Whatever it still sends is of no interest.
  client.resume()
}

/** Answers a request with a whole http:// address by asking for the same there. */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  reach: Reach,
): Promise<void> {
  const url = URL.canParse(request.url ?? '') ? new URL(request.url ?? '') : null
  const to = url?.protocol === 'http:' && url.username === '' ? parseAuthority(url.host) : null
  if (!url || !to)
    return answerText(response, 400, 'this is a proxy: expected CONNECT, or a whole http:// address')
  try {
    const socket = await reach(to.host, to.port ?? 80)
    if (response.destroyed) {
      socket.destroy()
      return
    }
    const onward = requestOverHttp({
      createConnection: () => socket,
      method: request.method,
      path: `${url.pathname}${url.search}`,
      // Of the place that was checked, whatever the request says.
      headers: ['Host', url.host, ...passedOn(request.rawHeaders), 'Connection', 'close'],
    })
    onward.on('response', answer => {
      try {
        response.writeHead(answer.statusCode ?? 502, answer.statusMessage, passedOn(answer.rawHeaders))
        pipeline(answer, response, () => socket.destroy())
      } catch (error) {
        // A header that may be read, but not written.
        socket.destroy()
        answerText(response, 502, answerTo(error).text)
      }
    })
    onward.on('error', error => {
      if (response.headersSent) response.destroy()
      else answerText(response, 502, error.message)
    })
    response.on('close', () => socket.destroy())
    // Its errors are those of `onward`.
    pipeline(request, onward, () => {})
  } catch (error) {
    const { status, text } = answerTo(error)
    answerText(response, status, text)
  }
}

function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(`${text}\n`)
}

function answerTo(error: unknown): { status: number; text: string } {
  if (error instanceof Refused) return { status: 403, text: error.message }
  return { status: 502, text: error instanceof Error ? error.message : String(error) }
}

const hopByHop =
  /^(connection|proxy-connection|keep-alive|proxy-authorization|proxy-authenticate|te|trailer|upgrade|expect|host)$/i

/** Headers as name, value, name, value, without those that are meant for the next hop alone. */
function passedOn(raw: readonly string[]): string[] {
  const pairs = raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1] ?? ''] as const] : []))
  const named = pairs
    .filter(([name]) => /^connection$/i.test(name))
    .flatMap(([, value]) => value.toLowerCase().split(/\s*,\s*/))
  return pairs
    .filter(([name]) => !hopByHop.test(name) && !named.includes(name.toLowerCase()))
    .flatMap(pair => [...pair])
}
