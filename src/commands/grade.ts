import { InfraError, exitCodes, type ExitCode } from '../errors.ts'
import { localExecutor } from '../executors/local.ts'
import type { Suite } from '../model/suite.ts'
import { judgeRun, runSuite } from '../pipeline.ts'
import { regrade } from '../trial/regrade.ts'
import { imagesFor } from './images.ts'
import { onInterrupt } from './interrupt.ts'
import { tell, type Io } from './io.ts'
import { checkReportOptions, report, type ReportOptions } from './report.ts'
import { loadUnaltered } from './unaltered.ts'
import { levelOf, load, openTrialParts, progressFor, sandboxFor, storeFor, stronger } from './wiring.ts'

export interface GradeOptions extends ReportOptions {
  suite?: string
  concurrency?: number
}

/**
 * `agent-eval grade RUN`: judges the stored patches again without running an agent: after a grader was mended (`--suite`), or
 * where grading had failed. The earlier lines stay in trials.jsonl; the new ones count.
 */
export async function grade(reference: string, options: GradeOptions, io: Io): Promise<ExitCode> {
  await checkReportOptions(options, io)
  const stored = await loadUnaltered(storeFor(io, null), reference)
  const suite: Suite = options.suite === undefined ? stored.suite : await load(options.suite, io)
  const known = new Set(suite.tasks.map(task => task.id))
  const gradable = stored.trials.filter(
    trial => trial.outcome !== null && known.has(trial.task) && Object.hasOwn(suite.setups, trial.setup),
  )
  if (gradable.length === 0)
    throw new InfraError(`run ${stored.manifest.id} holds no patch that this suite could grade`)

  const sandbox = await sandboxFor(stronger(suite.isolation, levelOf(stored)))
  const tasks = gradable.map(({ task }) => task)
  const images = await imagesFor(suite, tasks, sandbox, line => tell(io, line))

  const interrupt = onInterrupt(io)
  const store = storeFor(io, suite)
  const progress = await progressFor(io)
  const { parts, close } = await openTrialParts(
    {
      suite,
      runId: stored.manifest.id,
      store,
      progress,
      sandbox,
      images,
      signal: interrupt.signal,
    },
    io,
  )
  try {
    const byId = new Map(stored.trials.map(trial => [trial.id, trial]))
    await store.exclusively(stored.manifest.id, async () =>
      runSuite(stored, () => [gradable], {
        executor: localExecutor(options.concurrency ?? 2, interrupt.signal),
        store,
        progress,
        signal: interrupt.signal,
        now: () => stored.manifest.finishedAt ?? new Date().toISOString(),
        async work(spec) {
          const trial = byId.get(spec.id)
          if (!trial) throw new Error(`no trial ${spec.id}`)
          return regrade(trial, store.trialFolder(stored.manifest.id, trial.id), parts)
        },
      }),
    )
  } finally {
    interrupt.release()
    await close()
  }
  if (interrupt.signal.aborted) return exitCodes.interrupted
  const again = await store.load(stored.manifest.id)
  const left = stored.trials.length - gradable.length
  if (left > 0)
    tell(
      io,
      `${left} trials have no patch and stay as they were: agent-eval run --resume ${stored.manifest.id}`,
    )
  await report(judgeRun(again, suite.gate, null, again.warnings), options, io)
  return exitCodes.pass
}
