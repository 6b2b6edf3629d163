import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { ExecRequest } from '../contracts.ts'
import { openingDoor, throughDoor } from './door.ts'

const python = '/usr/bin/python3'

const missing = existsSync(python) ? '' : ` (skipped: there is no ${python})`

test.skipIf(missing)(`sockets are opened before the command by Python${missing}`, async () => {
  const said = await opened(part => (part.includes('createServer') ? 'process.exit(1)' : part))
  expect(said).toEqual(answers)
})

test('where there is no Python Node opens them', async () => {
  expect(await opened(part => part.replaceAll(python, '/nowhere/python3'))).toEqual(answers)
})

const answers = ['answer 0', 'answer 1', 'channel undefined']

/** What a command is told at two doors; `without` changes parts of the line that opens them. */
async function opened(without: (part: string) => string): Promise<string[]> {
  const root = await mkdtemp(join(tmpdir(), 'agent-eval-door-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const ports = await Promise.all([freePort(), freePort()])
  const argv = [
    process.execPath,
    '-e',
    `for (const port of [${ports.join()}]) require('net').connect(port, '127.0.0.1').on('data', data => console.log(String(data)))
     console.log('channel', process.env.NODE_CHANNEL_FD)`,
  ]
  const request: ExecRequest = {
    command: argv,
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '' },
    stdout: join(root, 'out'),
    stderr: join(root, 'err'),
    timeoutMs: 20_000,
    access: {
      write: [],
      read: [],
      overlays: [],
      image: null,
      network: {
        ports: ports.map((port, index) => ({
          address: '127.0.0.1',
          port,
          answer: socket => socket.end(`answer ${index}`),
        })),
        env: {},
      },
    },
  }
  const command = openingDoor(argv, request).map(without)
  expect(await throughDoor({ ...request, command })).toMatchObject({ end: 'exited', exitCode: 0 })
  const said = (await readFile(join(root, 'out'), 'utf8')).trim().split('\n')
  expect(await readFile(join(root, 'err'), 'utf8')).toBe('')
  return said.toSorted()
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}
