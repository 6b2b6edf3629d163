import { runAfterUs } from '../../util/after-us.ts'
import { makeOwnTemporary } from '../../util/own-temporary.ts'
import { ownProcessName } from '../../util/process-name.ts'
import { engineEnvironment, removal, type Engine } from './engine.ts'
import { ownerLabel } from './names.ts'

/**
 * Removes the containers of one owner and a folder. More than one look: an engine may be about to start one for a program of
 * its own that is dead by now.
 */
const script = `
engine=$1 label=$2 folder=$3
shift 3
quiet=0
tries=0
while [ "$quiet" -lt 3 ] && [ "$tries" -lt 50 ]; do
  tries=$((tries + 1))
  found=$("$engine" ps --all --quiet --filter "label=$label")
  if [ -z "$found" ]; then
    quiet=$((quiet + 1))
    sleep 0.5
  else
    quiet=0
    "$engine" "$@" $found
  fi
done
rm -rf "$folder"
`

/**
 * A private folder for what containers are started with. It goes with this process, and so do the containers that it has
 * started, however it ends; what a power failure left goes first. Called once per process and engine.
 */
export async function openFolder(engine: Engine): Promise<string> {
  const owner = await ownProcessName()
  const folder = await makeOwnTemporary('agent-eval-containers-')
  runAfterUs(
    script,
    [engine.program, `${ownerLabel}=${owner}`, folder, ...removal(engine.name)],
    engineEnvironment(),
  )
  return folder
}
