import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Exec } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import { readTail } from '../util/output.ts'

/** Throws InfraError unless a command really ran inside, as process 2 or so of its own. */
export function probeBy(name: string, run: Exec): Promise<void> {
  return probe(name, run, () => ownTree)
}

/** The same where besides only listed folders must exist, without any capability, and with a loopback of its own. */
export function probeConfined(name: string, run: Exec): Promise<void> {
  return probe(
    name,
    run,
    unlisted =>
      `${ownTree} && echo x > written && ` +
      `if test -e '${unlisted}'; then echo 'unlisted files can be seen'; exit 1; fi && ` +
      `while read -r key value; do case $key:$value in CapEff:*[1-9a-f]*|CapPrm:*[1-9a-f]*|CapBnd:*[1-9a-f]*) ` +
      `echo "$key $value"; exit 1;; esac; done </proc/self/status && ` +
      // Empty while there is no address.
      `if test -e /proc/net/fib_trie; then while read -r line; do case $line in *127.0.0.1*) exit 0;; esac; done ` +
      `</proc/net/fib_trie; echo 'there is no loopback'; exit 1; fi`,
  )
}

/** Builtins of the shell alone, here and below: each program takes a moment to start. */
const ownTree = 'test "$$" -lt 20 && read -r line </proc/self/status'

async function probe(name: string, run: Exec, script: (unlisted: string) => string): Promise<void> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'agent-eval-probe-')))
  const output = join(folder, 'output')
  const [inside, unlisted] = [join(folder, 'inside'), join(folder, 'unlisted')]
  try {
    await Promise.all([mkdir(inside), writeFile(unlisted, '')])
    const result = await run({
      command: ['/bin/sh', '-c', script(unlisted)],
      cwd: inside,
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
      timeoutMs: 10_000,
      stdout: output,
      stderr: output,
      access: { write: [inside], read: [], network: 'off' },
    })
    if (result.end === 'exited' && result.exitCode === 0) return
    const said = (await readTail(output, 500)).trim()
    throw new InfraError(`${name}: ${said || `${result.end}, exit code ${result.exitCode}`}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
