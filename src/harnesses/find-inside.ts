import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Exec } from '../contracts.ts'
import { readTail } from '../util/output.ts'

/** Where a program is for the commands that `exec` runs; null if it is nowhere. */
export async function findInside(program: string, exec: Exec): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'agent-eval-probe-'))
  const log = join(folder, 'log')
  try {
    const { exitCode } = await exec({
      command: ['/bin/sh', '-c', 'command -v "$1"', 'sh', program],
      cwd: folder,
      env: { PATH: process.env.PATH ?? '' },
      timeoutMs: 60_000,
      stdout: log,
      stderr: log,
    })
    return exitCode === 0 ? (await readTail(log, 4096)).trim() : null
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
