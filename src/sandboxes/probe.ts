import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Exec } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import { readTail } from '../util/output.ts'

/** Throws InfraError unless a command really ran inside, as process 2 or so of its own. */
export function probeBy(name: string, run: Exec): Promise<void> {
  return probe(name, run, () => 'test "$$" -lt 20 && ls /proc/self >/dev/null')
}

/** The same where besides only listed folders must exist, without any capability, and with a loopback of its own. */
export function probeConfined(name: string, run: Exec): Promise<void> {
  return probe(
    name,
    run,
    unlisted =>
      `test "$$" -lt 20 && ls /proc/self >/dev/null && echo x > written && ` +
      `if test -e '${unlisted}'; then echo 'unlisted files can be seen'; exit 1; fi && ` +
      `if grep -E 'Cap(Eff|Prm|Bnd).*[1-9a-f]' /proc/self/status; then exit 1; fi && ` +
      // Empty while there is no address.
      `if test -e /proc/net/fib_trie && ! grep -q 127.0.0.1 /proc/net/fib_trie; then echo 'there is no loopback'; exit 1; fi`,
  )
}

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
