import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ExecRequest } from '../../contracts.ts'

/** A temporary folder for commands and what they write. */
export interface ExecBench {
  root: string
  /** A request with a log file of its own that takes both outputs. */
  request(command: ExecRequest['command'], more?: Partial<ExecRequest>): ExecRequest
  clean(): void
}

export function openExecBench(): ExecBench {
  const root = mkdtempSync(join(tmpdir(), 'exec-'))
  let count = 0
  return {
    root,
    request(command, more) {
      const log = join(root, `log-${count++}`)
      const env = { PATH: process.env.PATH ?? '' }
      return { command, cwd: root, env, timeoutMs: 30_000, stdout: log, stderr: log, ...more }
    },
    clean: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** Whether the process whose id stands in a file has ended; one that only waits for its parent has. */
export async function isGone(pidFile: string): Promise<boolean> {
  const pid = Number(await readFile(pidFile, 'utf8'))
  if (!(pid > 1)) throw new Error(`${pidFile} holds no process id`)
  try {
    process.kill(pid, 0)
  } catch {
    return true
  }
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z')
  return stat.slice(stat.lastIndexOf(')')).startsWith(') Z')
}

export async function waitForFile(path: string): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if ((await stat(path).catch(() => null))?.size) return
    await delay(25)
  }
  throw new Error(`${path} did not appear`)
}

export function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return 'ended meanwhile'
  }
}
