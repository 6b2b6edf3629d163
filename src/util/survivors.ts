import { runAfterUs } from './after-us.ts'
import { canFindByMark, ownMark } from './process-tree.ts'

/** Ends every process that has our marker, until none is left. */
const script = `
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

let isWatched = false

/**
 * Sees to it, once per process, that our children end in case we are killed without a chance to end them. Does nothing
 * where processes cannot be found by their marker.
 */
export function endChildrenWithUs(): void {
  if (isWatched || !canFindByMark) return
  isWatched = true
  runAfterUs(script, [ownMark])
}
