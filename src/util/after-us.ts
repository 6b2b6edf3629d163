import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'

/** Kept, because a pipe closes when nobody refers to it any more. */
const lifeLines: Writable[] = []

/**
 * Starts a small shell that waits for the end of this process, however that comes (also by SIGKILL), and then runs the
 * script with the arguments as `$1`, `$2`, …. It does not keep this process alive. A second net only: where the shell cannot
 * be started nothing happens.
 */
export function runAfterUs(
  script: string,
  args: readonly string[],
  // Without our marker: it must not find itself.
  env: Record<string, string> = { PATH: process.env.PATH ?? '/usr/bin:/bin' },
): void {
  const watcher = spawn('/bin/sh', ['-c', `cat >/dev/null\n${script}`, 'agent-eval-watcher', ...args], {
    cwd: '/',
    env,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watcher.on('error', () => watcher.stdin.destroy())
  watcher.stdin.on('error', () => watcher.stdin.destroy())
  watcher.unref()
  if ('unref' in watcher.stdin && typeof watcher.stdin.unref === 'function') watcher.stdin.unref()
  lifeLines.push(watcher.stdin)
}
