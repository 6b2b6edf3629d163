import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { exitCodes, type ExitCode } from '../errors.ts'
import { renderRuns, renderSuite, renderTrials } from '../reporters/lists.ts'
import { paintFor } from '../reporters/paint.ts'
import { answer, answerJson, tell, type Io } from './io.ts'
import { load, storeFor } from './wiring.ts'

/** `agent-eval list`: the stored runs; of a RUN its trials; of a SUITE file its tasks and setups. */
export async function list(what: string | undefined, options: { json?: boolean }, io: Io): Promise<ExitCode> {
  const paint = paintFor(io.stdout, io.env)
  const store = storeFor(io, null)
  if (what === undefined) {
    const runs = await store.list()
    if (options.json) answerJson(io, { runs })
    else answer(io, renderRuns(runs, paint))
  } else if (await isFile(resolve(io.cwd, what))) {
    const suite = await load(what, io)
    if (options.json) answerJson(io, { suite })
    else answer(io, renderSuite(suite, paint))
  } else {
    const { manifest, trials, altered } = await store.load(what)
    if (altered !== null) tell(io, `warning: ${altered}`)
    if (options.json) answerJson(io, { run: manifest.id, trials })
    else answer(io, renderTrials(manifest, trials, paint))
  }
  return exitCodes.pass
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false
}
