import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import { canFindByMark, ownMark } from './process-tree.ts'

/**
 * Waits for its standard input to end, which happens however this process ends (also by SIGKILL), and then ends every
 * process that has our marker.
 */
const script = `
cat >/dev/null
quiet=0
tries=0
while [ "$quiet" -lt 2 ] && [ "$tries" -lt 50 ]; do
  tries=$((tries + 1))
  found=$(grep -lsF "$1" /proc/[0-9]*/environ)
  if [ -z "$found" ]; then
    quiet=$((quiet + 1))
  else
    quiet=0
    for file in $found; do
      pid=\${file#/proc/}
      kill -9 "\${pid%/environ}" 2>/dev/null
    done
    sleep 0.1
  fi
done
`

/** Kept, because the pipe closes when nobody refers to it any more. */
let lifeLine: Writable | null = null

/**
 * Starts, once per process, a small shell that ends our children in case we are killed without a chance to do so. It does
 * not keep this process alive. Does nothing where processes cannot be found by their marker.
 */
export function endChildrenWithUs(): void {
  if (lifeLine !== null || !canFindByMark) return
  const watcher = spawn('/bin/sh', ['-c', script, 'agent-eval-watcher', ownMark], {
    cwd: '/',
    // Without our marker: it must not find itself.
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // A second net only: where it cannot be started, commands still end with their exec.
  watcher.on('error', () => watcher.stdin.destroy())
  watcher.stdin.on('error', () => watcher.stdin.destroy())
  watcher.unref()
  if ('unref' in watcher.stdin && typeof watcher.stdin.unref === 'function') watcher.stdin.unref()
  lifeLine = watcher.stdin
}
