import { createServer } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net'
import { mkdir, mkdtemp, readFile, readdir, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Access, ExecResult } from '../contracts.ts'
import { makeScript } from '../testing/other-process.ts'
import { openNetwork } from '../trial/network.ts'
import { waitForFile } from '../util/testing/exec-bench.ts'
import { sandboxes } from './index.ts'

const sandbox = sandboxes.bubblewrapSandbox
const missing = await sandbox.probe().then(
  () => '',
  (error: unknown) => ` (skipped: ${String(error)})`,
)

let root: string
/** A server on this machine, and its port. */
let host: Server
let port: number
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'agent-eval-network-')))
  host = createServer((request, response) => response.end(`host ${request.url}`))
  await new Promise<void>(resolve => host.listen(0, '127.0.0.1', resolve))
  // A TCP server's address is an object.
  port = (host.address() as AddressInfo).port
})
afterAll(async () => {
  host.close()
  await rm(root, { recursive: true, force: true })
})

let count = 0
async function run(
  command: string | string[],
  network: Access['network'],
  more: { signal?: AbortSignal; env?: Record<string, string>; stdin?: string } = {},
): Promise<ExecResult & { output: string; cwd: string }> {
  const cwd = join(root, `workspace-${count++}`)
  await mkdir(cwd)
  const output = join(cwd, 'output')
  const result = await sandbox.exec({
    command,
    cwd,
    timeoutMs: 30_000,
    stdout: output,
    stderr: output,
    access: { write: [cwd], read: [], network },
    ...more,
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd, LANG: 'C', ...more.env },
  })
  return { ...result, cwd, output: await readFile(output, 'utf8').catch(() => '') }
}

const allow = (...allowed: string[]) =>
  openNetwork({ policy: 'allow-list', asked: true, enforced: true, allowed })

/** Node, which everybody has here. Each line of output is one answer. */
const node = (code: string): string[] => [process.execPath, '-e', code]
const ask = (options: string): string =>
  `require('http').get(${options}, r => { let t = ''; r.on('data', d => t += d).on('end', () => console.log(r.statusCode, t.trim())) }).on('error', e => console.log(e.code))`
const byProxy = (url: string): string =>
  ask(`{ host: '127.0.0.1', port: new URL(process.env.HTTP_PROXY).port, path: '${url}' }`)
const direct = (at: number): string => ask(`{ host: '127.0.0.1', port: ${at}, path: '/' }`)
/** `end` or the code of the error. */
const reach = (to: string): string =>
  `require('net').connect(${to}).on('connect', () => console.log('connected')).on('error', e => { console.log(e.code); process.exit() })`

describe.skipIf(missing !== '')(`the network of a sandbox${missing}`, () => {
  test('off: neither this machine nor its abstract sockets nor the world can be reached', async () => {
    const name = `\\0agent-eval-${Math.random()}`
    const abstract = createTcpServer(socket => socket.destroy())
    await new Promise<void>(resolve => abstract.listen(name.replace('\\0', '\0'), resolve))
    try {
      const toAbstract = node(reach(`{ path: '${name}' }`))
      expect((await run(toAbstract, 'open')).output).toBe('connected\n')
      expect((await run(toAbstract, 'off')).output).toBe('ECONNREFUSED\n')
      expect((await run(node(direct(port)), 'off')).output).toBe('ECONNREFUSED\n')
      expect((await run(node(reach(`{ host: '192.0.2.1', port: 80 }`)), 'off')).output).toBe('ENETUNREACH\n')
      expect(
        (await run(node(`console.log(Object.keys(require('os').networkInterfaces()).join())`), 'off')).output,
      ).toBe('lo\n')
    } finally {
      abstract.close()
    }
  })

  test('a list: what it names is reached through the proxy, all else is refused, told and counted', async () => {
    const { access, close } = allow(`127.0.0.2:${port}`, 'localhost:9999')
    const two = createServer((request, response) => response.end(`two ${request.url}`))
    await new Promise<void>(resolve => two.listen(port, '127.0.0.2', resolve))
    try {
      expect((await run(node(byProxy(`http://127.0.0.2:${port}/a`)), access)).output).toBe('200 two /a\n')
      expect((await run(node(byProxy(`http://127.0.0.1:${port}/a`)), access)).output).toMatch(
        /^403 .*not on the list/,
      )
      expect((await run(node(byProxy(`http://localhost:${port}/a`)), access)).output).toMatch(/^403/)
      expect((await run(node(direct(port)), access)).output).toBe('ECONNREFUSED\n')
      expect((await run(node(reach(`{ host: '192.0.2.1', port: 80 }`)), access)).output).toBe('ENETUNREACH\n')
    } finally {
      two.close()
    }
    expect(await close(root)).toEqual([
      { to: `127.0.0.1:${port}`, why: 'unlisted', count: 1 },
      { to: `localhost:${port}`, why: 'unlisted', count: 1 },
    ])
    expect(await readFile(join(root, 'network.json'), 'utf8')).toContain(`"localhost:${port}"`)
  })

  test('a listed place on this machine stands in the sandbox at the same port, for programs that know no proxy', async () => {
    const { access, close } = allow(`localhost:${port}`, `127.0.0.1:${port}`)
    expect((await run(node(direct(port)), access)).output).toBe('200 host /\n')
    expect(
      (await run(node(`fetch('http://localhost:${port}/f').then(r => r.text()).then(console.log)`), access))
        .output,
    ).toBe('host /f\n')
    expect(await close(root)).toEqual([])
  })

  test('what the command serves itself is its own', async () => {
    const { access, close } = allow('example.com')
    const own = `const s = require('http').createServer((q, r) => r.end('own')).listen(0, '127.0.0.1', () => fetch('http://127.0.0.1:' + s.address().port).then(r => r.text()).then(t => { console.log(t); process.exit() }))`
    expect((await run(node(own), access, { env: { NODE_USE_ENV_PROXY: '1' } })).output).toBe('own\n')
    expect(await close(root)).toEqual([])
  })

  test('the command gets its own input, arguments and exit code, and nothing of the way by which the door was opened', async () => {
    const { access, close } = allow('example.com')
    // Whatever it could still hold of our channel would be a socket.
    const look = `
      env | grep -c NODE_CHANNEL
      node -p 'process.connected + " " + typeof process.send'
      for at in /proc/[0-9]*; do ls -l $at/fd; done 2>/dev/null | grep -c socket:
      ls -d /proc/[0-9]* | wc -l
      exit 7`
    const looked = await run(['sh', '-c', look], access)
    expect(looked).toMatchObject({ end: 'exited', exitCode: 7 })
    expect(looked.output.split('\n').slice(0, 3)).toEqual(['0', 'undefined undefined', '0'])
    expect(Number(looked.output.split('\n')[3])).toBeLessThan(7)
    // What steers the agent's Node does not steer the one that opens the door.
    const steered = { stdin: 'said\n', env: { NODE_OPTIONS: '--require=/none.js' } }
    expect(await run(['sh', '-c', 'cat; echo "$1"', 'sh', 'a  b'], access, steered)).toMatchObject({
      output: 'said\na  b\n',
    })
    expect(await run(['no-such-program'], access)).toMatchObject({ end: 'not-found' })
    await close(root)
  })

  test('after the command nobody answers any more, and what it had open is closed', async () => {
    // Goes on talking to whoever has stopped, as long as somebody listens.
    const held = createTcpServer({ allowHalfOpen: true })
    const closed = new Promise<void>(resolve => {
      held.on('connection', socket => {
        const talking = setInterval(() => socket.write('more'), 20)
        socket.resume().on('error', () => socket.destroy())
        socket.on('close', () => {
          clearInterval(talking)
          resolve()
        })
      })
    })
    await new Promise<void>(resolve => held.listen(0, '127.0.0.1', resolve))
    const to = (held.address() as AddressInfo).port
    const { access, close } = allow(`127.0.0.1:${to}`)
    if (typeof access === 'string') throw new Error('no door')
    const sockets: unknown[] = []
    const watched = {
      ...access,
      ports: access.ports.map(each => ({
        ...each,
        answer: (socket: Parameters<typeof each.answer>[0]) => {
          sockets.push(socket)
          each.answer(socket)
        },
      })),
    }
    const result = await run(
      node(`require('net').connect(${to}, '127.0.0.1').once('data', () => process.exit())`),
      watched,
    )
    expect(result).toMatchObject({ end: 'exited', exitCode: 0 })
    expect(sockets).toHaveLength(1)
    expect(sockets[0]).toMatchObject({ destroyed: true })
    await closed
    held.close()
    await close(root)
  })

  test('a door that cannot be opened is an error, and the command does not run', async () => {
    const door = { env: {}, ports: [{ address: '127.0.0.1', port: 80, answer: () => {} }] }
    // Without rights the ports below 1024 are not given out.
    const failed = run('touch ran', door)
    await expect(failed).rejects.toThrow(/could not be opened: .*EACCES/)
    expect(await readdir(join(root, `workspace-${count - 1}`))).toEqual(['output'])
    const none = { env: {}, ports: [{ address: '203.0.113.1', port: 8080, answer: () => {} }] }
    await expect(run('touch ran', none)).rejects.toThrow(/could not be opened: .*EADDRNOTAVAIL/)
  })

  test('32 at once each have a network of their own', async () => {
    const networks = Array.from({ length: 32 }, () => allow(`127.0.0.1:${port}`))
    const code = `${byProxy('http://127.0.0.1:9/')};${direct(port)}`
    const results = await Promise.all(networks.map(({ access }) => run(node(code), access)))
    for (const { output } of results) {
      expect(output).toContain('200 host /')
      expect(output).toContain('403 ')
    }
    for (const { close } of networks)
      expect(await close(root)).toEqual([{ to: '127.0.0.1:9', why: 'unlisted', count: 1 }])
  }, 120_000)

  test('a program of ours that is killed leaves no process and no open door', async () => {
    const script = await makeScript(`
      import { openNetwork } from './trial/network.ts'
      import { sandboxes } from './sandboxes/index.ts'
      const [cwd = '', listed = ''] = process.argv.slice(2)
      const { access } = openNetwork({ policy: 'allow-list', asked: true, enforced: true, allowed: [listed] })
      const output = cwd + '/output'
      await sandboxes.bubblewrapSandbox.exec({
        command: 'echo started > ready; exec sleep 612345', cwd, timeoutMs: 60000, stdout: output, stderr: output,
        env: { PATH: process.env.PATH ?? '' }, access: { write: [cwd], read: [], network: access },
      })`)
    try {
      const cwd = join(root, 'killed')
      await mkdir(cwd)
      const us = script.start(cwd, `127.0.0.1:${port}`)
      await waitForFile(join(cwd, 'ready'))
      expect(await sleepers()).toBeGreaterThan(0)
      us.kill('SIGKILL')
      await expect.poll(sleepers, { timeout: 10_000 }).toBe(0)
    } finally {
      script.remove()
    }
  })
})

async function sleepers(): Promise<number> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.filter(line => line.includes('612345')).length
}

test('outside of a sandbox a door is of no use, and does no harm', async () => {
  const { access, close } = allow(`127.0.0.1:${port}`)
  const output = join(root, 'plain')
  const result = await sandboxes.none.exec({
    command: node(direct(port)),
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '' },
    timeoutMs: 20_000,
    stdout: output,
    stderr: output,
    access: { write: [], read: [], network: access },
  })
  expect(result).toMatchObject({ exitCode: 0 })
  expect(await readFile(output, 'utf8')).toBe('200 host /\n')
  await close(root)
})
