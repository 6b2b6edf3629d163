import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { UserError, exitCodes, type ExitCode } from '../errors.ts'
import { renderTrial } from '../reporters/trial.ts'
import { paintFor } from '../reporters/paint.ts'
import { patchFile, transcriptFile } from '../trial/parts.ts'
import { answer, answerJson, tell, type Io } from './io.ts'
import { storeFor } from './wiring.ts'

/** `agent-eval show TRIAL`: one trial with its grades, transcript and patch. */
export async function show(id: string, options: { run?: string; json?: boolean }, io: Io): Promise<ExitCode> {
  const store = storeFor(io, null)
  const { manifest, trials, altered } = await store.load(options.run ?? 'latest')
  if (altered !== null) tell(io, `warning: ${altered}`)
  const trial = trials.find(each => each.id === id)
  if (!trial) {
    const near = trials.filter(each => each.id.includes(id)).map(each => each.id)
    const known = (near.length > 0 ? near : trials.map(each => each.id)).slice(0, 6)
    throw new UserError(
      `run ${manifest.id} has no trial "${id}"; known: ${known.join(', ') || 'none'} (agent-eval list ${manifest.id} shows all)`,
    )
  }
  const folder = store.trialFolder(manifest.id, id)
  const [patch, transcript] = await Promise.all([
    readIfAny(`${folder}/${patchFile}`),
    readIfAny(`${folder}/${transcriptFile}`),
  ])
  const events = transcript.split('\n').filter(line => line !== '')
  if (options.json) {
    answerJson(io, {
      run: manifest.id,
      trial,
      patch,
      transcript: events.map(line => JSON.parse(line) as unknown),
      folder,
    })
  } else {
    answer(
      io,
      renderTrial(
        { trial, patch, transcript: events, folder: relative(io.cwd, folder) },
        paintFor(io.stdout, io.env),
      ),
    )
  }
  return exitCodes.pass
}

async function readIfAny(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  })
}
