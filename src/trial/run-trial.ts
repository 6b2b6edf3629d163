import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { InfraError, isOutside } from '../errors.ts'
import type { HarnessResult, Patch, Workspace } from '../contracts.ts'
import { findTampering } from '../core/tampering/find.ts'
import type { Attempt, Grade, Outcome, Phase, Trial, TrialSpec } from '../model/trial.ts'
import { toContent, writeTree } from '../util/file-tree.ts'
import { throwAway } from '../util/trash.ts'
import { fixOf, gradeAttempt } from './grade.ts'
import { letWork, nothingSeen } from './let-work.ts'
import { checkBudget, isFree, isModelFailure, modelFailed } from './model.ts'
import { networkRemarks } from './network.ts'
import { toOutcome } from './outcome.ts'
import { patchFile, transcriptFile, type TrialParts } from './parts.ts'
import { placementOf } from './placement.ts'
import { replayRemarks } from './replay.ts'
import { toTrial } from './to-trial.ts'

/** How often a trial is started again after a passing fault of the infrastructure; never after a failure of the agent. */
const maxRetries = 2

/**
 * One attempt of one setup at one task, graded: prepare → workspace → attempt → outcome → grade. Never throws for what can
 * go wrong outside: that gives an errored trial with its phase. What was paid for by then is kept in it. Throws when the
 * run was interrupted, and for a bug.
 */
export async function runTrial(spec: TrialSpec, parts: TrialParts): Promise<Trial> {
  for (let retries = 0; ; retries++) {
    const { trial, transient } = await tryTrial(spec, parts, retries)
    if (!transient || retries === maxRetries) return trial
    await parts.pause(1000 * 4 ** retries)
  }
}

interface Paid {
  attempt: Attempt | null
  outcome: Outcome | null
  grades: Grade[]
}

async function tryTrial(
  spec: TrialSpec,
  parts: TrialParts,
  retries: number,
): Promise<{ trial: Trial; transient: boolean }> {
  const startedAt = new Date().toISOString()
  const start = performance.now()
  const paid: Paid = { attempt: null, outcome: null, grades: [] }
  const folder = parts.makeFolder('trial')
  const logs = join(folder, 'logs')
  const network = parts.network(parts.setup(spec.setup))
  const seen = nothingSeen()
  const withRemarks = (trial: Trial): Trial => ({
    ...trial,
    remarks: [
      ...replayRemarks(trial.attempt),
      ...seen.remarks,
      ...networkRemarks(
        network,
        seen.refusals,
        parts.harness(parts.setup(spec.setup)).endpoints === undefined && lookedLost(trial),
      ),
    ],
  })
  let phase: Phase = 'prepare'
  const enter = (next: Phase): void => {
    parts.signal.throwIfAborted()
    phase = next
    parts.onPhase(spec, next)
  }
  const key = (): Parameters<typeof toTrial>[0] => ({
    ...spec,
    taskFingerprint: parts.task(spec.task).fingerprint,
    setupFingerprint: parts.setup(spec.setup).fingerprint,
    startedAt,
    durationMs: performance.now() - start,
    retries,
    starts: 1,
    spentBeforeUsd: 0,
    remarks: [],
  })

  try {
    mkdirSync(logs)
    enter('prepare')
    const task = parts.task(spec.task)
    const setup = parts.setup(spec.setup)
    const prepared = await parts.prepared(task.source)
    // What grading will need must be there before the agent is paid for.
    await fixOf(task, prepared, parts)

    enter('workspace')
    const placement = placementOf(setup, parts.harness(setup))
    const workspace = await parts.workspaces.create(prepared, placement)
    let ended: { result: HarnessResult; patch: Patch }
    try {
      enter('attempt')
      const result = await letWork(
        { spec, task, setup },
        { prepared, workspace },
        { folder, logs, seen, startedAt },
        parts,
      )
      paid.attempt = result.attempt
      parts.signal.throwIfAborted()
      ended = { result, patch: await captured(workspace, () => enter('outcome')) }
    } finally {
      await workspace.dispose()
    }
    paid.outcome = toOutcome(ended.patch)
    // The agent knew this folder: what it may have put in the place of these files is replaced, not written through.
    const transcript = ended.result.transcript.map(event => `${JSON.stringify(event)}\n`).join('')
    writeTree(logs, {
      [patchFile]: toContent(Buffer.from(ended.patch.text), false),
      [transcriptFile]: toContent(Buffer.from(transcript), false),
    })

    phase = 'attempt'
    checkBudget(seen.budget)
    if (isModelFailure(paid.attempt)) {
      throw modelFailed(paid.attempt)
    }
    enter('grade')
    const evidence = { ...ended.result, outcome: paid.outcome, patch: ended.patch.text }
    paid.grades = await gradeAttempt(task, evidence, { prepared, placement, logs }, parts)
    parts.signal.throwIfAborted()
    const judged = { ...evidence, grades: paid.grades }
    const trial = toTrial(key(), { ...judged, ...findTampering(judged, task) })
    return { trial: withRemarks(trial), transient: false }
  } catch (error) {
    parts.signal.throwIfAborted()
    if (!isOutside(error)) throw error
    return {
      trial: withRemarks({
        status: 'errored',
        ...key(),
        phase,
        message: error.message,
        ...paid,
        flags: [],
        notices: [],
      }),
      // Once the agent ran, starting again would pay twice: grading is what `agent-eval grade` does again. A service that
      // said nothing until the time limit would hold up the run as long once more.
      transient:
        error instanceof InfraError &&
        error.transient &&
        (paid.attempt === null ||
          (isFree(paid.attempt) && paid.attempt.durationMs < parts.task(spec.task).limits.timeoutMs)),
    }
  } finally {
    await parts.saveFiles(spec.id, logs)
    throwAway(folder)
  }
}

/** As an agent does that cannot reach its model. */
function lookedLost(trial: Trial): boolean {
  if (trial.status === 'errored') return trial.phase === 'attempt'
  return !trial.pass && (trial.attempt.stop === 'crash' || trial.outcome.patchBytes === 0)
}

async function captured(workspace: Workspace, enter: () => void): Promise<Patch> {
  enter()
  return workspace.capture()
}
