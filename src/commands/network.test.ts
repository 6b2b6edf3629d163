import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { chooseSandbox } from '../sandboxes/index.ts'
import { place, type Place } from '../testing/cli.ts'
import { project, suiteText } from '../testing/project.ts'

const missing = await chooseSandbox('sandbox').then(
  () => '',
  (error: unknown) => ` (skipped: ${String(error)})`,
)

/** Solves the task if, and only if, a service on this machine tells it how, by a program that knows no proxy. */
const agentCode = `
const http = require('node:http')
const { writeFileSync } = require('node:fs')
const get = options => new Promise((resolve, reject) => http.get(options, r => { let t = ''; r.on('data', d => (t += d)).on('end', () => resolve(t)) }).on('error', reject))
const proxy = process.env.HTTP_PROXY && new URL(process.env.HTTP_PROXY)
;(async () => {
  if (proxy) for (let i = 0; i < 2; i++) await get({ host: proxy.hostname, port: proxy.port, path: 'http://github.com/answer' })
  writeFileSync('src/add.js', await get(process.env.SERVICE))
})().catch(error => { console.error(error.code); process.exit(1) })
`

async function suiteWith(network: string): Promise<{ at: Place; port: number }> {
  const server = createServer((_request, response) => response.end('export const add = (a, b) => a + b\n'))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo
  const setups = `setups:
  bare:
    harness: { type: command, run: [./agent.sh] }
    env: [SERVICE]
    ${network.replace('PORT', String(port))}
`
  const at = await place({
    ...project,
    'agent.sh': `#!/bin/sh\nexec node - <<'END'\n${agentCode}\nEND\n`,
    'suite.yaml': suiteText.replace('trials: 3', 'trials: 1').replace(/setups:\n(  .*\n)+vary.*\n/, setups),
  })
  at.env['SERVICE'] = `http://127.0.0.1:${port}/how-to-add`
  return { at, port }
}

test.skipIf(missing)(
  `run: an agent reaches what its setup lists, and what it asked for besides is reported${missing}`,
  async () => {
    const { at, port } = await suiteWith('network: ["127.0.0.1:PORT"]')
    const { exitCode, stdout, stderr } = await at.run('run', 'suite.yaml', '--isolation', 'sandbox', '--json')
    const report = JSON.parse(stdout)
    const notice = 'The agent asked for github.com:80 twice, which its setup does not allow.'.replace(
      'twice',
      '2 times',
    )
    expect(report.trials[0]).toMatchObject({ status: 'graded', pass: true, remarks: [notice] })
    expect(exitCode).toBe(0)
    expect(report.run.isolation).toMatchObject({
      level: 'sandbox',
      network: 'allow-list',
      networks: {
        bare: { policy: 'allow-list', asked: true, enforced: true, allowed: [`127.0.0.1:${port}`] },
      },
    })
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(notice)
    expect(stderr).toContain(`network: allow-list (127.0.0.1:${port})`)
    const shown = await at.run('show', 'add/bare/0')
    expect(shown.stdout).toContain(`Remarks\n  ${notice}`)
  },
)

test.skipIf(missing)(
  `run: an agent of which nothing is known has no network in a sandbox, and is told how to get it${missing}`,
  async () => {
    const { at } = await suiteWith('')
    const { stdout, stderr } = await at.run('run', 'suite.yaml', '--isolation', 'sandbox', '--json')
    const report = JSON.parse(stdout)
    expect(report.run.isolation).toMatchObject({
      network: 'off',
      networks: { bare: { policy: 'off', asked: false } },
    })
    expect(report.trials[0]).toMatchObject({
      pass: false,
      attempt: { stop: 'crash', message: expect.stringContaining('ECONNREFUSED') },
      remarks: [expect.stringContaining('give its setup `network:`')],
    })
    expect(stderr).toContain('note: setup bare passes SERVICE to its agent')

    const suite = await readFile(join(at.path, 'suite.yaml'), 'utf8')
    await at.write({ 'suite.yaml': suite.replace('\ntasks:', '\n  twin: { extends: bare }\ntasks:') })
    const both = await at.run('run', 'suite.yaml', '--isolation', 'sandbox')
    expect(both.stderr).toContain('note: setups bare, twin pass SERVICE to their agents')
    expect(both.stderr.match(/^note:/gm)).toHaveLength(1)
  },
)

test('run --gate: a network that could not be closed is told first', async () => {
  const { at } = await suiteWith('network: off')
  const ran = await at.run('run', 'suite.yaml', '--isolation', 'none', '--json')
  expect(JSON.parse(ran.stdout)).toMatchObject({
    run: {
      isolation: { network: 'open', networks: { bare: { policy: 'off', asked: true, enforced: false } } },
    },
    trials: [{ pass: true, remarks: [] }],
  })
  await at.run('baseline', 'accept', 'latest', '--reason', 'first')
  const { stderr } = await at.run(
    'run',
    'suite.yaml',
    '--isolation',
    'none',
    '--gate',
    '--report',
    'markdown=r.md',
  )
  const said = stderr.replaceAll(/\s+/g, ' ')
  expect(said).toContain(
    'The network was open, although setups ask for less: bare (off). Isolation "none" cannot see to it',
  )
  expect(said).toContain('network: open (not enforced: off)')
})

test('validate: says what to write for an agent that gets a secret and no network', async () => {
  const { at } = await suiteWith('')
  expect((await at.run('validate', 'suite.yaml')).stderr).toContain('note: setup bare passes SERVICE')
  const said = await suiteWith('network: open')
  expect((await said.at.run('validate', 'suite.yaml')).stderr).not.toContain('note:')
})

test('validate: a model that nobody knows the place of', async () => {
  const { at } = await suiteWith('network: open')
  await at.write({
    'suite.yaml': suiteText.replace(
      'type: scripted, script: ./agent.yaml }',
      'type: pi }, model: some-model, network: model',
    ),
  })
  const { exitCode, stderr } = await at.run('validate', 'suite.yaml')
  expect(stderr).toContain('it cannot be told where that is: list the host instead')
  expect(exitCode).toBe(2)
})
