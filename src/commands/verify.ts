import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InfraError, exitCodes, type ExitCode } from '../errors.ts'
import type { RunStore, StoredRun } from '../contracts.ts'
import { recheckTests, reportFiles } from '../graders/tests/recheck.ts'
import { count } from '../reporters/format.ts'
import { safeText } from '../reporters/text.ts'
import { checkLedger } from '../stores/check-ledger.ts'
import { DamagedRun } from '../stores/files.ts'
import { fingerprintChecks } from '../suite/check-fingerprints.ts'
import { verifyRun, type Recheck } from '../trial/verify-run.ts'
import { answer, answerJson, tell, type Io } from './io.ts'
import { secretNamesOf, storeFor } from './wiring.ts'

const rechecks = new Map<string, Recheck>([['tests', { files: reportFiles, check: recheckTests }]])

/**
 * `agent-eval verify RUN`: derives the results of a stored run again from its evidence, running nothing. Exit code 1 if
 * something does not follow, 4 if the run cannot be read.
 */
export async function verify(reference: string, options: { json?: boolean }, io: Io): Promise<ExitCode> {
  const store = storeFor(io, null)
  const run = await loadRun(store, reference)
  const ledger = await readFile(join(run.folder, 'trials.jsonl'), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    },
  )
  const findings = [
    ...checkLedger(ledger),
    ...(await verifyRun(run, {
      rechecks,
      fingerprints: fingerprintChecks,
      // The run may have been named by its folder, which can stand anywhere.
      trialFolder: id => join(run.folder, 'trials', id),
      secretNames: secretNamesOf(run.suite, io.env),
    })),
  ]
  const problems = findings.filter(({ kind }) => kind === 'problem')
  if (options.json) answerJson(io, { run: run.manifest.id, trials: run.trials.length, findings })
  else {
    for (const { trial, message } of problems) answer(io, oneLine(`${trial ?? 'run'}: ${message}`))
    for (const { trial, kind, message } of findings)
      if (kind === 'unknown') tell(io, oneLine(`${trial ?? 'run'}: ${message}`))
    const checked = `${count(run.trials.length, 'trial')} of ${run.manifest.id}`
    tell(
      io,
      problems.length === 0
        ? `${checked}: every result follows from its evidence`
        : `${checked}: ${problems.length} ${problems.length === 1 ? 'thing does' : 'things do'} not follow from the evidence`,
    )
  }
  return problems.length > 0 ? exitCodes.regressed : exitCodes.pass
}

async function loadRun(store: RunStore, reference: string): Promise<StoredRun> {
  try {
    return await store.load(reference)
  } catch (error) {
    if (error instanceof DamagedRun) throw new InfraError(error.message, { cause: error })
    throw error
  }
}

const oneLine = (text: string): string => safeText(text).replaceAll('\n', ' ')
