import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { acceptBaseline, renderBaseline } from '../core/baseline.ts'
import { UserError, exitCodes, type ExitCode } from '../errors.ts'
import type { Baseline } from '../model/baseline.ts'
import { sha256, writeAtomically } from '../util/json.ts'
import { readBaselineIfAny } from './baseline-file.ts'
import { answerJson, tell, type Io } from './io.ts'
import { provenance } from './provenance.ts'
import { loadUnaltered } from './unaltered.ts'
import { storeFor } from './wiring.ts'

export interface AcceptOptions {
  reason: string
  setup?: string[]
  file?: string
  partial?: boolean
  replace?: boolean
  newAnchor?: boolean
  json?: boolean
}

/** `agent-eval baseline accept RUN --reason …`: what this run measured is from now on what others are compared with. */
export async function accept(reference: string, options: AcceptOptions, io: Io): Promise<ExitCode> {
  const reason = options.reason.trim()
  if (reason === '')
    throw new UserError('--reason is empty: say in a sentence why this run is the new baseline')
  const { manifest, trials, suite, folder } = await loadUnaltered(storeFor(io, null), reference)
  const path = options.file === undefined ? suite.gate.baseline : resolve(io.cwd, options.file)
  if (path === null) {
    throw new UserError(
      `suite ${suite.name} names no baseline file: add "gate: { baseline: ./baselines/${suite.name}.json }" to it, or use --file`,
    )
  }
  const existing = await readBaselineIfAny(path, io)
  const { user } = await provenance(io.cwd, io)
  const acceptance = {
    at: new Date().toISOString(),
    by: user,
    reason,
    runDigest: sha256(await readLedger(join(folder, 'trials.jsonl'), manifest.id)),
  }
  const setups = options.setup ?? Object.keys(manifest.setups)
  const baseline = acceptBaseline(existing, manifest, trials, setups, acceptance, {
    partial: options.partial ?? false,
    replace: options.replace ?? false,
    newAnchor: options.newAnchor ?? false,
  })
  await mkdir(dirname(path), { recursive: true })
  await writeAtomically(path, renderBaseline(baseline))
  if (options.json) answerJson(io, baseline)
  tell(
    io,
    `Accepted run ${manifest.id} into ${relative(io.cwd, path)}.${grown(baseline, setups)} Commit it, so that the change is reviewed:\n  git add ${relative(io.cwd, path)}`,
  )
  return exitCodes.pass
}

/** What the baseline now holds of setups whose trials were joined with earlier ones. */
function grown(baseline: Baseline, setups: readonly string[]): string {
  return setups
    .flatMap(setup => {
      const { pooled = [], tasks = {} } = baseline.setups[setup] ?? {}
      const trials = Object.values(tasks).reduce((sum, { graded }) => sum + graded, 0)
      return pooled.length === 0
        ? []
        : [
            ` Setup ${setup} now has ${trials} trials of ${pooled.length} runs (--replace would keep only this one).`,
          ]
    })
    .join('')
}

async function readLedger(path: string, run: string): Promise<Buffer> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    throw new UserError(
      `run ${run} has no results, so there is nothing to accept: resume it, or accept another run`,
    )
  })
}
