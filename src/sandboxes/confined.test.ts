import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  readlink,
  realpath,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ExecResult } from '../contracts.ts'
import { makeScript, type Script } from '../testing/other-process.ts'

/** Every sandbox of the level, as whoever runs the tests, and, where that is root, as a user without rights. */
const nobody = 65534
const users = process.getuid?.() === 0 ? [0, nobody] : [process.getuid?.() ?? -1]
const cases = ['bubblewrapSandbox', 'unshareSandbox'].flatMap(name => users.map(uid => [name, uid] as const))

interface Asked {
  command: string | string[]
  read?: string[]
  network?: 'open' | 'off'
  stdin?: string
}

/** A program that runs what it is asked for in a sandbox, one after the other, and tells how each ended. */
const program = `
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { InfraError } from './errors.ts'
import { sandboxes } from './sandboxes/index.ts'
const [, , name, root, asked] = process.argv
const sandbox = sandboxes[name]
const results = []
for (const [index, { command, read = [], network = 'off', stdin }] of JSON.parse(asked).entries()) {
  if (command === 'probe') {
    results.push(await sandbox.probe().then(() => true, error => { if (error instanceof InfraError) return false; throw error }))
    continue
  }
  const cwd = join(root, 'workspace')
  const output = join(root, 'output-' + process.pid + '-' + index)
  const env = { PATH: process.env.PATH, HOME: cwd, LANG: 'C' }
  const result = await sandbox.exec({ command, cwd, env, timeoutMs: 60000, stdout: output, stderr: output, stdin, access: { write: [cwd], read, network } })
  results.push({ ...result, output: readFileSync(output, 'utf8') })
}
console.log(JSON.stringify(results))
`

const scripts = new Map<number, Script>()
const available = new Set<string>()
beforeAll(async () => {
  for (const uid of users)
    scripts.set(uid, await makeScript(program, uid === nobody ? { uid, gid: nobody } : {}))
  for (const [name, uid] of cases) {
    const [works] = await ask(name, uid, [{ command: 'probe' }])
    if (works) available.add(`${name} ${uid}`)
  }
})
afterAll(() => scripts.forEach(script => script.remove()))

const script = (uid: number): Script => {
  const found = scripts.get(uid)
  if (!found) throw new Error(`no script of user ${uid}`)
  return found
}
const ask = async (name: string, uid: number, asked: Asked[], root = '/'): Promise<unknown[]> =>
  JSON.parse(await script(uid).run(name, root, JSON.stringify(asked)))

async function processesWith(text: string): Promise<number> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.filter(line => line.includes(text)).length
}

describe.each(cases)('%s as user %i', (name, uid) => {
  let root: string
  beforeAll(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'agent-eval-confined-')))
    for (const folder of ['.', 'workspace', 'other', 'tools']) {
      await mkdir(join(root, folder), { recursive: true })
      await chmod(join(root, folder), 0o755)
      await chown(join(root, folder), uid, uid === nobody ? nobody : (process.getgid?.() ?? uid))
    }
    await writeFile(join(root, 'other/secret.txt'), 'of another trial\n')
    await writeFile(join(root, 'tools/a #1.txt'), 'with a strange name\n')
  })
  afterAll(() => rm(root, { recursive: true, force: true }))

  const run = async (...asked: Asked[]): Promise<(ExecResult & { output: string })[]> =>
    (await ask(name, uid, asked, root)) as (ExecResult & { output: string })[]
  const here = (): boolean => available.has(`${name} ${uid}`)

  test('what is not listed does not exist, and what is listed to be read cannot be written to', async context => {
    context.skip(!here(), `${name} does not work for user ${uid} here`)
    const hidden = [
      '/home',
      '/var',
      '/sys/kernel',
      '/etc/shadow',
      '/etc/passwd-',
      join(homedir(), '.npmrc'),
      join(homedir(), '.ssh'),
      join(root, 'other'),
      join(root, 'workspace/../other/secret.txt'),
      join(root, 'tools'),
      join(root, 'output-0'),
      '/dev/mem',
      '/dev/kmsg',
      '/mnt/etc',
    ]
    const read = [join(root, 'tools'), join(root, 'tools/a #1.txt'), join(root, 'is-not-there')]
    const [closed, open, own, ...denied] = await run(
      { command: hidden.map(path => `{ test ! -e '${path}' || echo 'seen: ${path}'; }`).join(' && ') },
      { command: `cat '${root}/tools/a #1.txt'`, read },
      { command: 'echo mine > made.txt && cat made.txt && ls -A ..' },
      { command: `echo x > '${root}/tools/a #1.txt'`, read },
      { command: `echo x > ${root}/tools/new`, read },
      { command: 'echo x > /usr/new' },
      { command: 'echo x >> /etc/passwd' },
      { command: 'rm -f /usr/bin/env || true; test ! -e /usr/bin/env' },
    )
    expect(closed).toMatchObject({ exitCode: 0, output: '' })
    expect(open).toMatchObject({ output: 'with a strange name\n' })
    expect(own).toMatchObject({ output: 'mine\nworkspace\n' })
    for (const result of denied) expect(result?.exitCode).toBeGreaterThan(0)
    const made = await stat(join(root, 'workspace/made.txt'))
    expect([made.uid, await readFile(join(root, 'workspace/made.txt'), 'utf8')]).toEqual([uid, 'mine\n'])
  })

  test('a command is no root and has no rights, nor a way to get any', async context => {
    context.skip(!here(), `${name} does not work for user ${uid} here`)
    const inNewNamespace = (line: string): string =>
      `unshare --user --map-root-user --mount --pid --fork sh -c '${line}'`
    const [who, rights, ...denied] = await run(
      { command: 'id -u' },
      { command: "grep -E '^(Cap|NoNewPrivs)' /proc/self/status | tr -d '\\t 0' | tr '\\n' ' '" },
      { command: 'mount -t tmpfs none /tmp' },
      { command: 'umount -l /usr' },
      { command: 'mknod /tmp/disk b 8 0' },
      { command: 'chroot /tmp true' },
      { command: 'echo > /dev/tty' },
      { command: 'hostname other' },
      { command: inNewNamespace('mount -o remount,bind,rw /usr && echo x > /usr/new') },
      { command: inNewNamespace('umount -l /usr') },
      { command: inNewNamespace('umount -l /proc/sys && echo x > /proc/sys/kernel/core_pattern') },
      { command: inNewNamespace('mkdir /tmp/p && mount -t proc proc /tmp/p') },
      ...['-t cgroup2', '-t cgroup -o memory', '-t cgroup -o pids'].map(type => ({
        command: `unshare --user --map-root-user --mount --cgroup sh -c 'mkdir /tmp/c; mount ${type} none /tmp/c && : >> /tmp/c/cgroup.procs'`,
      })),
      { command: inNewNamespace('mknod /tmp/disk b 8 0') },
      { command: `nsenter --target 1 --mount --pid cat ${root}/other/secret.txt` },
      {
        command:
          'value=$(cat /proc/sys/kernel/core_pattern) && echo "$value" > /proc/sys/kernel/core_pattern',
      },
      { command: `cat /proc/1/root${root}/other/secret.txt` },
      { command: `kill -0 ${process.pid}` },
      { command: `test -e /proc/${process.pid}` },
    )
    expect(who?.output.trim()).toBe(String(uid === 0 ? nobody : uid))
    expect(rights?.output.trim()).toBe('CapInh: CapPrm: CapEff: CapBnd: CapAmb: NoNewPrivs:1')
    for (const result of denied) expect(result).not.toMatchObject({ end: 'exited', exitCode: 0 })
  })

  test('it lives in namespaces of its own, in a root that looks like the outer one', async context => {
    context.skip(!here(), `${name} does not work for user ${uid} here`)
    const kinds = ['mnt', 'pid', 'ipc', 'uts', 'user', 'net']
    const outside = await Promise.all(kinds.map(kind => readlink(`/proc/self/ns/${kind}`)))
    const target = await readlink('/bin').catch(() => '')
    const [spaces, link, processes, terminal, devices, input] = await run(
      { command: kinds.map(kind => `readlink /proc/self/ns/${kind}`).join(';') },
      { command: 'readlink /bin; /bin/sh -c true' },
      { command: 'ls -d /proc/[0-9]* | wc -l' },
      { command: ['script', '-qec', 'test -t 0 && echo a terminal', '/dev/null'] },
      {
        command:
          'head -c 3 /dev/urandom | wc -c; echo gone > /dev/null; echo to stderr >> /dev/stderr; echo x > /dev/shm/x',
      },
      { command: 'cat', stdin: 'given' },
    )
    const inside = spaces?.output.trim().split('\n') ?? []
    expect(inside).toHaveLength(kinds.length)
    expect(inside.filter(space => outside.includes(space))).toEqual([])
    expect(link).toMatchObject({ exitCode: 0, output: target === '' ? '' : `${target}\n` })
    expect(Number(processes?.output)).toBeLessThan(8)
    expect(terminal?.output).toContain('a terminal')
    expect(devices).toMatchObject({ exitCode: 0, output: '3\nto stderr\n' })
    expect(input?.output).toBe('given')
  })

  test('without network neither the world nor this machine answers, but its own loopback does', async context => {
    context.skip(!here(), `${name} does not work for user ${uid} here`)
    const server = createServer((_request, response) => response.end('host'))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as AddressInfo
      const ask = `fetch('http://127.0.0.1:${port}').then(r => r.text()).then(console.log, e => console.log('refused', e.cause?.code))`
      const own = `const s = require('http').createServer((q, r) => r.end('own')).listen(0, '127.0.0.1', () => fetch('http://127.0.0.1:' + s.address().port).then(r => r.text()).then(t => { console.log(t); process.exit() }))`
      const node = (text: string): string[] => [process.execPath, '-e', text]
      const answers = await run(
        { command: node(ask) },
        { command: node(ask), network: 'open' },
        { command: node(own) },
      )
      expect(answers.map(answer => answer.output)).toEqual(['refused ECONNREFUSED\n', 'host\n', 'own\n'])
    } finally {
      server.close()
    }
  })

  test('nothing outlives the program either, however that ends', async context => {
    context.skip(!here(), `${name} does not work for user ${uid} here`)
    const sign = `70${Math.floor(Math.random() * 1e6)}`
    const command = `(setsid sh -c 'env -i sleep ${sign} & sleep ${sign}' &) ; env -i setsid sleep ${sign} & sleep ${sign}`
    const child = script(uid).start(name, root, JSON.stringify([{ command }]))
    await until(async () => (await processesWith(sign)) > 4)
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
    await until(async () => (await processesWith(sign)) === 0)
    expect(await processesWith(sign)).toBe(0)
  })
})

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 400 && !(await holds()); look++) await delay(25)
}
