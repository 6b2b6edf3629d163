import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Gateway, GatewayTrial, OpenGateway } from '../../contracts.ts'
import type { ModelApi } from '../../model/service.ts'
import { openGateway, type GatewayOptions } from '../gateway.ts'

/** What a service of a test was asked. */
export interface Asked {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
}

export interface TestService {
  url: string
  asked: Asked[]
}

/** A model service on loopback for one test; `answer` is called with each request once it was read. */
export async function service(
  answer: (asked: Asked, response: ServerResponse, index: number) => void,
): Promise<TestService> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (text: string) => (body += text))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const one = { method, url, headers, body }
      asked.push(one)
      answer(one, response, asked.length - 1)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, asked }
}

/** A gateway for one test. */
export function gateway(options: Partial<GatewayOptions> = {}): Gateway {
  const made = openGateway({
    env: {},
    budget: { costUsd: null, tokens: null, calls: null, callsPerMinute: null },
    ...options,
  })
  onTestFinished(() => made.close())
  return made
}

export interface TestTrial extends OpenGateway {
  logs: string
  limits: string[]
  /** Asks below the service's URL with the key that the agent has. */
  ask(path: string, body: unknown, more?: RequestInit): Promise<Response>
}

/** The way of one trial to a service. */
export async function trial(
  { url, api }: { url: string; api: ModelApi },
  {
    limits,
    ...options
  }: Partial<Omit<GatewayTrial, 'limits'>> & { limits?: Partial<GatewayTrial['limits']> } = {},
  through: Gateway = gateway(),
): Promise<TestTrial> {
  const logs = await mkdtemp(join(tmpdir(), 'agent-eval-gateway-'))
  onTestFinished(() => rm(logs, { recursive: true, force: true }))
  const reached: string[] = []
  const open = await through.open({
    service: { url, api, key: 'KEY', prices: {} },
    key: 'the-real-key-of-the-service',
    limits: { costUsd: null, tokens: null, calls: null, callsPerMinute: null, ...limits },
    context: [],
    logs,
    record: false,
    replay: null,
    volatile: {},
    onLimit: reason => void reached.push(reason),
    ...options,
  })
  return {
    ...open,
    logs,
    limits: reached,
    ask: (path, body, more) =>
      fetch(`${open.access.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${open.access.key}` },
        body: JSON.stringify(body),
        ...more,
      }),
  }
}

/** The text of server-sent events. */
export function events(...all: unknown[]): string {
  return all.map(each => `data: ${typeof each === 'string' ? each : JSON.stringify(each)}\n\n`).join('')
}
