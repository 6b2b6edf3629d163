import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { UserError, exitCodes, type ExitCode } from '../errors.ts'
import { renderCalls } from '../reporters/calls.ts'
import { renderTrial } from '../reporters/trial.ts'
import { paintFor } from '../reporters/paint.ts'
import { modelCallsFile, patchFile, transcriptFile } from '../trial/parts.ts'
import { ModelCall } from '../model/model-call.ts'
import { parseJson } from '../util/json.ts'
import { answer, answerJson, tell, type Io } from './io.ts'
import { storeFor } from './wiring.ts'

/** `agent-eval show TRIAL`: one trial with its grades, transcript and patch. */
export async function show(
  id: string,
  options: { run?: string; calls?: boolean; json?: boolean },
  io: Io,
): Promise<ExitCode> {
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
  const [patch, transcript, record] = await Promise.all([
    readIfAny(`${folder}/${patchFile}`),
    readIfAny(`${folder}/${transcriptFile}`),
    readIfAny(`${folder}/${modelCallsFile}`),
  ])
  const events = transcript.split('\n').filter(line => line !== '')
  const calls = parseCalls(record, `${folder}/${modelCallsFile}`)
  if (options.json) {
    answerJson(io, {
      run: manifest.id,
      trial,
      patch,
      transcript: events.map(line => JSON.parse(line) as unknown),
      calls,
      folder,
    })
  } else if (options.calls) {
    answer(io, renderCalls(calls, paintFor(io.stdout, io.env)))
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

function parseCalls(text: string, path: string): ModelCall[] {
  return text
    .split('\n')
    .filter(line => line !== '')
    .map((line, i) => {
      const call = ModelCall.safeParse(parseJson(line))
      if (call.success) return call.data
      throw new UserError(
        `${path}:${i + 1} is no record of a model call: ${call.error.message.slice(0, 200)}`,
      )
    })
}

async function readIfAny(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  })
}
