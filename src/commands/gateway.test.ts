import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, onTestFinished, test, vi } from 'vitest'
import { chooseSandbox } from '../sandboxes/index.ts'
import { place, type Place } from '../testing/cli.ts'
import { project, suiteText } from '../testing/project.ts'

const missing = await chooseSandbox('sandbox').then(
  () => '',
  (error: unknown) => ` (skipped: ${String(error)})`,
)

const realKey = 'sk-real-0123456789abcdef'

/** Asks its model ROUNDS times how to add, writes what it says, and tells all that it has been given. */
const agentCode = `
const { writeFileSync } = require('node:fs')
;(async () => {
  for (let i = 0; i < Number(process.env.ROUNDS ?? 1); i++) {
    const answer = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', {
      method: 'POST',
      headers: { authorization: 'Bearer ' + process.env.OPENAI_API_KEY, 'content-type': 'application/json' },
      body: JSON.stringify({ model: process.env.AGENT_EVAL_MODEL, messages: [], tools: [{ type: 'function', function: { name: 'write' } }] }),
    })
    const { choices, error } = await answer.json()
    if (error) throw new Error(answer.status + ': ' + error.message)
    writeFileSync('src/add.js', choices[0].message.content)
  }
  console.log(JSON.stringify(process.env))
})().catch(error => { console.error(error.message); process.exit(1) })
`

/** A certificate for 127.0.0.1 that only those trust who are told to, and its file. */
async function certificate(): Promise<{ key: string; cert: string; file: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'agent-eval-certificate-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const [key, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1']
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', file]
  await execa('openssl', [...made, ...subject])
  return { key: await readFile(key, 'utf8'), cert: await readFile(file, 'utf8'), file }
}

interface World {
  at: Place
  asked: { authorization: string | undefined; url: string | undefined }[]
}

/** A suite whose agent asks a service on this machine. */
async function world(
  suite: (url: string) => string,
  {
    statusOf = () => 200,
    tls = null,
  }: {
    statusOf?: (index: number) => number | 'silent'
    tls?: { key: string; cert: string } | null
  } = {},
): Promise<World> {
  const asked: World['asked'] = []
  const listen = (answer: RequestListener): Server =>
    tls ? createTlsServer(tls, answer) : createServer(answer)
  const server = listen((request, response) => {
    asked.push({ authorization: request.headers.authorization, url: request.url })
    request.resume()
    const status = statusOf(asked.length - 1)
    if (status === 'silent') return
    response.writeHead(status, { 'content-type': 'application/json' })
    const content = 'export const add = (a, b) => a + b\n'
    const usage = {
      prompt_tokens: 1000,
      completion_tokens: 100,
      prompt_tokens_details: { cached_tokens: 400 },
    }
    const answer = { model: 'm1-2026', choices: [{ message: { content } }], usage }
    response.end(JSON.stringify(status === 200 ? answer : { error: { message: `no, ${status}` } }))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo
  const at = await place({
    ...project,
    'agent.sh': `#!/bin/sh\nexec node - <<'END'\n${agentCode}\nEND\n`,
    'suite.yaml': suite(`${tls ? 'https' : 'http'}://127.0.0.1:${port}/v1`),
  })
  at.env['MODEL_KEY'] = realKey
  return { at, asked }
}

const suiteWith =
  (setup: string, { limit = '', budget = '' } = {}) =>
  (url: string) =>
    suiteText
      .replace('trials: 3', `trials: 1\n${budget}`)
      .replace('30s', `30s${limit}`)
      .replace(
        /setups:\n(  .*\n)+vary.*\n/,
        `setups:
  bare:
    harness: { type: command, run: [./agent.sh] }
    model: m1
    service: { url: "${url}", api: openai-chat, key: MODEL_KEY, prices: { m1: { input: 1, cacheRead: 0.1, output: 10 } } }
    ${setup}
`,
      )

async function filesBelow(folder: string): Promise<{ path: string; text: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  return Promise.all(files.map(async path => ({ path, text: await readFile(path, 'latin1') })))
}

test.skipIf(missing)(
  `run: a sandboxed agent without any network reaches its model through the gateway, which counts, and it never has the key${missing}`,
  async () => {
    const { at, asked } = await world(suiteWith('network: model'))
    const { exitCode, stdout, stderr } = await at.run('run', 'suite.yaml', '--isolation', 'sandbox', '--json')
    expect(stderr).not.toContain('error:')
    const report = JSON.parse(stdout)
    expect(report.trials[0]).toMatchObject({
      status: 'graded',
      pass: true,
      attempt: {
        stop: 'finished',
        usage: { inputTokens: 600, cacheReadTokens: 400, outputTokens: 100 },
        costUsd: (600 + 40 + 1000) / 1e6,
        costSource: 'prices',
        observedModel: 'm1-2026',
        metered: { calls: 1, tools: ['write'], models: ['m1-2026'] },
      },
    })
    expect(exitCode).toBe(0)
    expect(asked).toEqual([{ authorization: `Bearer ${realKey}`, url: '/v1/chat/completions' }])
    expect(report.run.isolation).toMatchObject({
      network: 'allow-list',
      networks: { bare: { policy: 'model' } },
    })
    const files = await filesBelow(join(at.path, '.agent-eval'))
    expect(files.some(({ path }) => path.endsWith('model-calls.jsonl'))).toBe(true)
    expect(files.filter(({ text }) => text.includes(realKey)).map(({ path }) => path)).toEqual([])
    const said = files.find(({ path }) => path.endsWith('agent.stdout.log'))?.text ?? ''
    expect(JSON.parse(said)).toMatchObject({ AGENT_EVAL_MODEL_API: 'openai-chat' })
    expect(said).not.toContain('redacted:MODEL_KEY')
  },
)

test('run: a service over TLS is asked if its certificate is trusted, and not otherwise', async () => {
  const { file, ...tls } = await certificate()
  const { at, asked } = await world(suiteWith('env: [ROUNDS=3]'), { tls })
  const args = ['run', 'suite.yaml', '--isolation', 'none', '--json']
  const doubted = JSON.parse((await at.run(...args)).stdout)
  expect(doubted.trials[0]).toMatchObject({
    status: 'errored',
    message: expect.stringMatching(/certificate is not trusted here \(self-signed certificate/),
  })
  expect(asked).toHaveLength(0)
  at.env['NODE_EXTRA_CA_CERTS'] = file
  const trusted = JSON.parse((await at.run(...args)).stdout)
  expect(trusted.trials[0]).toMatchObject({ status: 'graded', attempt: { metered: { calls: 3 } } })
  expect(asked).toHaveLength(3)
})

test('run: a limit of a trial ends it as limit, and it is graded', async () => {
  const { at, asked } = await world(suiteWith('env: [ROUNDS=5]', { limit: ', maxTurns: 2' }))
  const { stdout } = await at.run('run', 'suite.yaml', '--isolation', 'none', '--json')
  const { trials } = JSON.parse(stdout)
  expect(trials[0]).toMatchObject({
    status: 'graded',
    attempt: {
      stop: 'limit',
      costUsd: 0.00328,
      metered: { calls: 2, limit: 'the trial has used the 2 model calls that it may make' },
    },
  })
  expect(asked).toHaveLength(2)
})

test('run: a spent budget stops the run with exit code 4, keeps what was paid, and a raised one goes on with what is left', async () => {
  const { at, asked } = await world(url =>
    suiteWith('env: [ROUNDS=2]', { budget: 'budget: { maxCostUsd: 0.005 }' })(url).replace(
      'trials: 1',
      'trials: 4',
    ),
  )
  const first = await at.run('run', 'suite.yaml', '--isolation', 'none', '--concurrency', '1', '--json')
  expect(first.stderr).toMatch(/the budget of run \S+ is spent: the run has spent \$0\.0066 of the \$0\.005/)
  expect(first.exitCode).toBe(4)
  expect(asked).toHaveLength(4)

  const again = await at.run('run', '--resume', 'latest', '--max-cost', '0.01', '--concurrency', '1')
  expect(again.stderr).toContain('of the $0.01')
  expect(again.exitCode).toBe(4)
  expect(asked).toHaveLength(7)
  const last = await at.run('run', '--resume', 'latest', '--max-cost', '1', '--json')
  const { trials } = JSON.parse(last.stdout)
  expect(trials.map(({ status }: { status: string }) => status)).toEqual([
    'graded',
    'graded',
    'graded',
    'graded',
  ])
})

test('run: what a killed run had spent is counted when it goes on, in its trial and in its budget', async () => {
  const { at, asked } = await world(
    suiteWith('env: [ROUNDS=4]', { budget: 'budget: { maxCostUsd: 0.0075 }' }),
    {
      statusOf: index => (index === 2 ? 'silent' : 200),
    },
  )
  const child = at.start('run', 'suite.yaml', '--isolation', 'none')
  await vi.waitFor(() => expect(asked).toHaveLength(3), 20_000)
  child.kill('SIGKILL')
  await child
  const resumed = await at.run('run', '--resume', 'latest', '--json')
  // Two calls of the first start, and those of the second until the budget of the run was spent.
  expect(resumed.exitCode).toBe(4)
  expect(resumed.stderr).toMatch(/the run has spent \$0\.0082 of the \$0\.0075/)
  expect(asked).toHaveLength(6)
  const runs = join(at.path, '.agent-eval/runs')
  const [id = ''] = await readdir(runs)
  const trials = await readFile(join(runs, id, 'trials.jsonl'), 'utf8')
  expect(JSON.parse(trials)).toMatchObject({
    starts: 2,
    spentBeforeUsd: 0.00328,
    attempt: { costUsd: 0.00492 },
  })
})

test('run: a service that refuses the agent makes its trials errored, whatever the agent says', async () => {
  const { at } = await world(suiteWith(''), { statusOf: () => 401 })
  const { stdout, exitCode } = await at.run('run', 'suite.yaml', '--isolation', 'none', '--json')
  const { trials } = JSON.parse(stdout)
  expect(trials[0]).toMatchObject({ status: 'errored', phase: 'attempt', attempt: { stop: 'refused' } })
  expect(trials[0].message).toContain('status 401 for model m1: no, 401')
  expect(exitCode).toBe(4)
})

test('run: a service that never answers makes its trials errored, once, where the agent waits until its time limit', async () => {
  const { at, asked } = await world(url => suiteWith('')(url).replace('timeout: 30s', 'timeout: 3s'), {
    statusOf: () => 'silent',
  })
  const { stdout, exitCode } = await at.run('run', 'suite.yaml', '--isolation', 'none', '--json')
  const { trials } = JSON.parse(stdout)
  expect(trials[0]).toMatchObject({
    status: 'errored',
    phase: 'attempt',
    retries: 0,
    attempt: {
      stop: 'model-error',
      message: expect.stringContaining('stopped at the time limit of 3000 ms'),
    },
  })
  expect(trials[0].message).toContain('the service gave no answer for model m1 during the last')
  expect(asked).toHaveLength(1)
  expect(exitCode).toBe(4)
})

test('run: what the gateway cannot do is said before anything is paid for', async () => {
  const { at, asked } = await world(suiteWith('network: off', { limit: ', maxCostUsd: 1' }))
  const off = await at.run('run', 'suite.yaml', '--isolation', 'none')
  expect(off.stderr).toContain('use network: model')
  const unpriced = await readFile(join(at.path, 'suite.yaml'), 'utf8')
  await at.write({
    'suite.yaml': unpriced.replace('network: off', '').replace('prices: { m1:', 'prices: { m2:'),
  })
  const noPrice = await at.run('run', 'suite.yaml', '--isolation', 'none')
  expect(noPrice.stderr).toContain(
    'maxCostUsd cannot be held for models whose price is not known:\n  setup bare: m1 of',
  )
  at.env['MODEL_KEY'] = ''
  const noKey = await at.run('run', 'suite.yaml', '--isolation', 'none')
  expect(noKey.stderr).toMatch(/setup bare: MODEL_KEY, the key of http\S+, is not set/)
  expect([off.exitCode, noPrice.exitCode, noKey.exitCode]).toEqual([2, 2, 2])
  expect(asked).toEqual([])
})
