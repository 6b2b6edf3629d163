import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { findTampering } from '../core/tampering/find.ts'
import { InfraError, isOutside } from '../errors.ts'
import type { Trial } from '../model/trial.ts'
import { sha256 } from '../util/json.ts'
import { throwAway } from '../util/trash.ts'
import { gradeAttempt } from './grade.ts'
import { patchFile, transcriptFile, type TrialParts } from './parts.ts'
import { placementOf } from './placement.ts'
import { readTranscript } from './read-transcript.ts'
import { toTrial } from './to-trial.ts'

/**
 * Grades a stored attempt again, from its patch and transcript, without running the agent. The result takes the place of
 * the trial's earlier one. A trial without an outcome is given back as it is: there is nothing to grade.
 */
export async function regrade(trial: Trial, stored: string, parts: TrialParts): Promise<Trial> {
  const { attempt, outcome } = trial
  if (!attempt || !outcome) return trial
  const start = performance.now()
  const folder = parts.makeFolder('grade')
  const logs = join(folder, 'logs')
  const {
    retries,
    starts,
    spentBeforeUsd,
    remarks,
    startedAt,
    id,
    task: taskId,
    setup: setupName,
    index,
    seed,
  } = trial
  try {
    await mkdir(logs)
    const task = parts.task(taskId)
    const setup = parts.setup(setupName)
    const key = {
      id,
      task: taskId,
      setup: setupName,
      index,
      seed,
      retries,
      starts,
      spentBeforeUsd,
      remarks,
      startedAt,
      taskFingerprint: task.fingerprint,
      setupFingerprint: setup.fingerprint,
    }
    try {
      const patch = await readFile(join(stored, patchFile), 'utf8')
      if (sha256(patch) !== outcome.patchSha256) {
        throw new InfraError(
          `the stored patch of ${id} is not the one that was captured (a secret was redacted in it, or it was changed)`,
        )
      }
      const transcript = readTranscript(
        await readFile(join(stored, transcriptFile), 'utf8'),
        join(stored, transcriptFile),
      )
      const prepared = await parts.prepared(task.source)
      const evidence = { attempt, outcome, patch, transcript }
      const ground = { prepared, placement: placementOf(setup, parts.harness(setup)), logs }
      const grades = await gradeAttempt(task, evidence, ground, parts)
      return toTrial(
        { ...key, durationMs: trial.durationMs + performance.now() - start },
        { ...evidence, grades, ...findTampering({ ...evidence, grades }, task) },
      )
    } catch (error) {
      parts.signal.throwIfAborted()
      if (!isOutside(error)) throw error
      const durationMs = trial.durationMs + performance.now() - start
      return {
        status: 'errored',
        ...key,
        durationMs,
        phase: 'grade',
        message: error.message,
        attempt,
        outcome,
        grades: [],
        flags: [],
        notices: [],
      }
    }
  } finally {
    await parts.saveFiles(trial.id, logs)
    throwAway(folder)
  }
}
