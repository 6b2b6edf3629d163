import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'

const Asked = z.looseObject({ trial: z.number(), call: z.number() })

/** Input tokens that the service tells of a call: of each another number. */
export function tokensOf({ trial, call }: { trial: number; call: number }): number {
  return trial * 100_000 + call + 1
}

/** A model service in a process of its own, which answers at once, in a stream of 2 kB. Its port is the only thing it says. */
export function serve(): void {
  const text = 'x'.repeat(200)
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => (body += String(chunk)))
    request.on('end', () => {
      const asked = Asked.parse(JSON.parse(body))
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (let i = 0; i < 8; i++) send({ type: 'response.output_text.delta', delta: text })
      const usage = {
        input_tokens: tokensOf(asked),
        output_tokens: 1,
        input_tokens_details: { cached_tokens: 0 },
      }
      send({ type: 'response.completed', response: { model: `model-${asked.trial}`, usage } })
      response.end()
    })
    const send = (event: unknown): void => void response.write(`data: ${JSON.stringify(event)}\n\n`)
  })
  server.keepAliveTimeout = 600_000
  server.listen(0, '127.0.0.1', () => {
    // A TCP server's address is an object.
    process.send?.((server.address() as AddressInfo).port)
  })
}
