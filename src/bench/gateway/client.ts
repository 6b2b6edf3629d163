import { Agent, request } from 'node:http'
import { performance } from 'node:perf_hooks'
import { z } from 'zod'
import { median } from '../interleave.ts'

/** What the client is to do: ask each in turn, or all at once. */
export const Job = z.union([
  z.strictObject({
    compare: z.strictObject({ direct: z.string(), through: z.string(), rounds: z.number() }),
  }),
  z.strictObject({ storm: z.strictObject({ urls: z.array(z.string()), calls: z.number() }) }),
])
export type Job = z.infer<typeof Job>

/** Medians in milliseconds. */
export const Compared = z.strictObject({ directMs: z.number(), throughMs: z.number(), addedMs: z.number() })

const agent = new Agent({ keepAlive: true })
const padding = 'y'.repeat(1900)

/** Asks as agents do, and reads the answer to its end. */
function ask(url: string, trial: number, call: number): Promise<number> {
  const body = JSON.stringify({ model: `model-${trial}`, stream: true, trial, call, input: padding })
  const start = performance.now()
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const sent = request(`${url}/responses`, { method: 'POST', agent, headers }, answer => {
      if (answer.statusCode !== 200) reject(new Error(`status ${answer.statusCode}`))
      answer.resume()
      answer.on('end', () => resolve(performance.now() - start))
      answer.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** In a process of its own, as agents are. */
export function client(): void {
  process.on('message', message => {
    work(Job.parse(message)).then(
      result => process.send?.(result),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`)
        process.exit(1)
      },
    )
  })
}

async function work(job: Job): Promise<unknown> {
  if ('storm' in job) {
    const { urls, calls } = job.storm
    await Promise.all(
      urls.map(async (url, trial) => {
        for (let call = 0; call < calls; call++) await ask(url, trial, call)
      }),
    )
    return null
  }
  const { direct, through, rounds } = job.compare
  const taken = { direct: [] as number[], through: [] as number[], added: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? (['direct', 'through'] as const) : (['through', 'direct'] as const)
    const ms = { direct: 0, through: 0 }
    for (const way of order) ms[way] = await ask(way === 'direct' ? direct : through, 0, round)
    // The first ones warm both up.
    if (round < rounds / 10) continue
    taken.direct.push(ms.direct)
    taken.through.push(ms.through)
    taken.added.push(ms.through - ms.direct)
  }
  return { directMs: median(taken.direct), throughMs: median(taken.through), addedMs: median(taken.added) }
}
