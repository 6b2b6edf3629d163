import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { InfraError } from '../errors.ts'

/** Answers a request; `path` is what follows the token, with its query. */
export type Answer = (request: IncomingMessage, response: ServerResponse, path: string) => void

/** One HTTP server on loopback for all trials of a run. */
export interface GatewayServer {
  port: number
  /** Requests whose path begins with this token are answered so, until it is taken away. */
  add(token: string, answer: Answer): void
  remove(token: string): void
  /** Answers a connection that did not come to the port. */
  accept(connection: Socket): void
  close(): Promise<void>
}

/** Throws InfraError where no port can be had. */
export async function openServer(): Promise<GatewayServer> {
  const answers = new Map<string, Answer>()
  // Agents keep connections open while they work; requests to models may be long.
  const server = createServer({ keepAliveTimeout: 600_000, requestTimeout: 0, headersTimeout: 60_000 }, route)

  function route(request: IncomingMessage, response: ServerResponse): void {
    const [, token = '', path = ''] = /^\/([^/?]+)(.*)$/.exec(request.url ?? '') ?? []
    const answer = answers.get(token)
    if (answer && !leavesItsPlace(path)) answer(request, response, path)
    else
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"message":"not found"}}')
  }

  // WebSockets are an offer of some agents: they go on without.
  server.on('upgrade', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy())
    socket.end('HTTP/1.1 426 Upgrade Required\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
  })
  server.on('clientError', (_error, socket) => void socket.destroy())

  await new Promise<void>((resolve, reject) => {
    server.once('error', error =>
      reject(
        new InfraError(`the gateway could not be opened on 127.0.0.1: ${error.message}`, { cause: error }),
      ),
    )
    server.listen(0, '127.0.0.1', resolve)
  })
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo
  return {
    port,
    add: (token, answer) => void answers.set(token, answer),
    remove: token => void answers.delete(token),
    accept: connection => void server.emit('connection', connection),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A path that would lead out of the service's own once it is resolved. */
function leavesItsPlace(path: string): boolean {
  const [place = ''] = path.split('?', 1)
  return /(^|[/\\])(\.|%2e){1,2}([/\\]|$)/i.test(place) || /[\\\s]|%5c/i.test(place)
}
