import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { openGateway } from '../../gateway/gateway.ts'
import type { Gateway, OpenGateway } from '../../contracts.ts'
import { client, Compared, type Job } from './client.ts'
import { serve, tokensOf } from './service.ts'

const trials = 32
const unlimited = { costUsd: null, tokens: null, calls: null, callsPerMinute: null }

/**
 * What a call through the gateway takes longer than a direct one, and whether the records of many trials at once are whole.
 * Agent, gateway and service are processes of their own, as they are in use. Returns the exit code: 1 if a record is wrong.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean', default: false }, role: { type: 'string' } },
  })
  if (values.role === 'service') return stay(serve)
  if (values.role === 'client') return stay(client)

  const folder = await mkdtemp(join(tmpdir(), 'agent-eval-bench-'))
  const service = start('service')
  const agents = start('client')
  const gateway = openGateway({ env: {}, budget: unlimited })
  try {
    const [port] = await once(service, 'message')
    const url = `http://127.0.0.1:${z.number().parse(port)}/v1`
    const one = await openTrial(gateway, url, folder, 'latency')
    const rounds = values.quick ? 300 : 3000
    const compare = { direct: url, through: one.access.url, rounds }
    const { directMs, throughMs, addedMs } = Compared.parse(await ask(agents, { compare }))
    await one.close()
    say(
      `latency of a 2 kB call, median of ${rounds}: direct ${ms(directMs)}, through the gateway ${ms(throughMs)}, added ${ms(addedMs)}`,
    )

    const calls = values.quick ? 10 : 100
    const before = process.memoryUsage().rss
    const open = await Promise.all(
      Array.from({ length: trials }, (_, index) => openTrial(gateway, url, folder, `trial-${index}`)),
    )
    await ask(agents, { storm: { urls: open.map(({ access }) => access.url), calls } })
    const wrong = (await Promise.all(open.map(({ close }) => close()))).filter(
      ({ metered }, trial) =>
        metered.calls !== calls || metered.usage?.inputTokens !== expected(trial, calls),
    ).length
    const grownMb = (process.memoryUsage().rss - before) / 2 ** 20
    say(
      `${trials} trials at once, ${calls} calls each: ${wrong} wrong records, memory grew by ${grownMb.toFixed(0)} MB`,
    )
    return wrong === 0 ? 0 : 1
  } finally {
    await gateway.close()
    for (const child of [service, agents]) child.kill()
    await rm(folder, { recursive: true, force: true })
  }
}

function start(role: string): ChildProcess {
  return fork(process.argv[1] ?? '', ['--role', role])
}

function stay(work: () => void): Promise<number> {
  work()
  return new Promise(() => undefined)
}

async function ask(agents: ChildProcess, job: Job): Promise<unknown> {
  agents.send(job)
  const [result] = await Promise.race([once(agents, 'message'), once(agents, 'exit')])
  return result
}

async function openTrial(gateway: Gateway, url: string, folder: string, name: string): Promise<OpenGateway> {
  return gateway.open({
    service: { url, api: 'openai-responses', key: 'KEY', prices: {} },
    key: 'a-key-that-is-none',
    limits: unlimited,
    context: [],
    logs: await mkdtemp(join(folder, `${name}-`)),
    record: false,
    replay: null,
    volatile: {},
    onLimit: () => undefined,
  })
}

function expected(trial: number, calls: number): number {
  return Array.from({ length: calls }, (_, call) => tokensOf({ trial, call })).reduce(
    (sum, each) => sum + each,
    0,
  )
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exitCode = await main()
