import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { answerValues } from '../core/conversation/answer-values.ts'
import { openaiChat } from '../core/conversation/openai-chat.ts'
import { startModelServer } from '../testing/model-server/server.ts'
import type { GatewayReport, GatewayTrial } from '../contracts.ts'
import { openGateway } from './gateway.ts'

const unlimited = { costUsd: null, tokens: null, calls: null, callsPerMinute: null }

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'agent-eval-test-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** Lets an agent ask through a gateway of its own. */
async function through(
  change: Partial<GatewayTrial> & Pick<GatewayTrial, 'service'>,
  work: (url: string) => Promise<void>,
): Promise<GatewayReport> {
  const gateway = openGateway({ env: {}, budget: unlimited })
  try {
    const open = await gateway.open({
      key: 'real-key-0123456789',
      limits: unlimited,
      context: [],
      logs: await folder(),
      record: false,
      replay: null,
      volatile: {},
      onLimit: () => undefined,
      ...change,
    })
    await work(open.access.url)
    return await open.close()
  } finally {
    await gateway.close()
  }
}

type Answer = [status: number, body: string]

const ask = async (url: string, content: string): Promise<Answer> => {
  const body = JSON.stringify({ model: 'm1', stream: true, messages: [{ role: 'user', content }] })
  const response = await fetch(`${url}/chat/completions`, { method: 'POST', body })
  return [response.status, await response.text()]
}

/** What a client puts together of a stream. */
function saidIn(answer: Answer | undefined): string {
  const events = openaiChat.answered(answerValues(answer?.[1] ?? ''))
  return events.map(event => (event.type === 'message' ? event.text : '')).join('')
}

test('answers of a recording are those of the service: streams, errors after all tries, and what asks no model', async () => {
  const server = await startModelServer([
    { say: 'One, in /tmp/first/work.' },
    { status: 500, message: 'boom', headers: { 'x-should-retry': 'false' } },
  ])
  const service = { url: server.access('openai-chat').url, api: 'openai-chat' as const, key: 'K', prices: {} }
  const logs = await folder()
  const first: Answer[] = []
  const recorded = await through(
    { service, logs, record: true, volatile: { '/tmp/first/work': 'WORKSPACE' } },
    async url => {
      for (const text of ['in /tmp/first/work', 'b']) first.push(await ask(url, text))
      const models = await fetch(`${url}/models`)
      first.push([models.status, await models.text()])
    },
  )
  await server.close()
  const cassette = join(logs, 'cassette.jsonl')
  const text = await readFile(cassette, 'utf8')
  expect(text).not.toContain('real-key')
  expect(text).not.toContain('/tmp/first')

  const again: Answer[] = []
  const replayed = await through(
    { service, replay: { cassette, mode: 'strict' }, volatile: { '/var/second/place': 'WORKSPACE' } },
    async url => {
      for (const said of ['in /var/second/place', 'b']) again.push(await ask(url, said))
      const models = await fetch(`${url}/models`)
      again.push([models.status, await models.text()])
      again.push(await ask(url, 'one more'))
    },
  )
  expect(saidIn(first[0])).toBe('One, in /tmp/first/work.')
  expect(saidIn(again[0])).toBe('One, in /var/second/place.')
  expect(again.slice(1, 3)).toEqual(first.slice(1))
  expect(again[3]).toEqual([400, expect.stringContaining('the recording has no further call of m1')])
  expect(replayed.metered.usage).toEqual(recorded.metered.usage)
  expect(replayed.metered.replay).toMatchObject({ mode: 'strict', diverged: { call: 4 }, unused: 0 })
})
