import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import { levels, type Level } from '../sandboxes/index.ts'
import { plan, specOf } from '../core/plan.ts'
import { UserError, exitCodes, type ExitCode } from '../errors.ts'
import type { Sandbox, StoredRun } from '../contracts.ts'
import { localExecutor } from '../executors/local.ts'
import type { Suite } from '../model/suite.ts'
import type { TrialSpec } from '../model/trial.ts'
import { judgeRun, runSuite } from '../pipeline.ts'
import { describePlan } from '../reporters/plan.ts'
import { readBaseline } from './baseline-file.ts'
import { onInterrupt } from './interrupt.ts'
import { answerJson, tell, type Io } from './io.ts'
import { limitingOf } from './limiting.ts'
import { provenance } from './provenance.ts'
import { checkReadiness } from './readiness.ts'
import { checkReportOptions, report, type ReportOptions } from './report.ts'
import { families, load, openTrialParts, progressFor, sandboxFor, storeFor } from './wiring.ts'

export interface RunOptions extends ReportOptions {
  task?: string[]
  setup?: string[]
  tag?: string[]
  trials?: number
  concurrency?: number
  dryRun?: boolean
  gate?: boolean
  strict?: boolean
  baseline?: string
  resume?: string
  isolation?: Level
}

/** `agent-eval run SUITE`: load → plan → run → judge → report. */
export async function run(file: string | undefined, options: RunOptions, io: Io): Promise<ExitCode> {
  const earlier = options.resume === undefined ? null : await storeFor(io, null).load(options.resume)
  const suite = earlier?.suite ?? (await load(suiteFile(file), io))
  const specs = earlier
    ? earlier.manifest.plan.map(specOf)
    : plan(suite, { tasks: options.task, setups: options.setup, tags: options.tag, trials: options.trials })

  if (options.dryRun) {
    if (options.json) answerJson(io, { suite: suite.name, fingerprint: suite.fingerprint, trials: specs })
    else tell(io, describePlan(suite, specs))
    return exitCodes.pass
  }

  await checkReportOptions(options, io)
  // Everything that can stop a gate is read and checked before the first paid trial.
  const gate = {
    ...suite.gate,
    strict: options.strict ?? suite.gate.strict,
    baseline: options.baseline ?? suite.gate.baseline,
  }
  const baseline = options.gate ? await readBaseline(gate.baseline, suite.name, io) : null
  await checkReadiness(suite, specs, families, io)

  const sandbox = await sandboxFor(stronger(options.isolation, suite.isolation))

  const { manifest, trials } = await execute(suite, specs, earlier, sandbox, options, io)
  if (manifest.status === 'interrupted') {
    tell(
      io,
      `Interrupted: ${trials.length} of ${specs.length} trials are kept. Go on with:\n  agent-eval run --resume ${manifest.id}`,
    )
    return exitCodes.interrupted
  }
  const judged = judgeRun({ manifest, trials }, gate, baseline)
  await report(judged, options, io)
  return judged.verdict
    ? asExitCode(judged.verdict.exitCode)
    : ungated(judged.run.summaries.map(summary => summary.graded))
}

async function execute(
  suite: Suite,
  specs: readonly TrialSpec[],
  earlier: StoredRun | null,
  sandbox: Sandbox,
  options: RunOptions,
  io: Io,
): ReturnType<typeof runSuite> {
  const limits = await limitingOf(suite, specs)
  if (limits.missing.length > 0)
    tell(
      io,
      `warning: this machine does not let us limit ${limits.missing.join(' and ')}: agents may use more than the suite allows. It takes a writable control group (run as root, or within systemd-run --user --scope -p Delegate=yes).`,
    )
  const interrupt = onInterrupt(io)
  const store = storeFor(io, suite)
  const runId = earlier?.manifest.id ?? newRunId(suite.name)
  const progress = progressFor(io)
  const { parts, workspaces, close } = await openTrialParts(
    { suite, runId, store, progress, sandbox, signal: interrupt.signal },
    io,
  )
  const concurrency = options.concurrency ?? Math.max(2, availableParallelism())
  try {
    // Also a new run: another process could resume it while it goes on.
    return await store.exclusively(runId, async () =>
      runSuite(
        suite,
        specs,
        {
          executor: localExecutor(concurrency, interrupt.signal),
          store,
          progress,
          trialParts: parts,
          facts: {
            id: runId,
            isolation: { ...sandbox.isolation, workspace: workspaces.kind, limits },
            provenance: await provenance(existsSync(suite.file) ? dirname(suite.file) : io.cwd, io),
          },
          now: () => new Date().toISOString(),
        },
        earlier,
      ),
    )
  } finally {
    interrupt.release()
    await close()
  }
}

function suiteFile(file: string | undefined): string {
  if (file === undefined)
    throw new UserError(
      'which suite? Give its file: agent-eval run evals/SUITE.yaml (agent-eval init makes one)',
    )
  return file
}

/** The command line may ask for more than the suite, never for less. */
function stronger(asked: Level | undefined, required: Level | null): Level | null {
  if (asked === undefined || required === null) return asked ?? required
  return levels.indexOf(asked) > levels.indexOf(required) ? asked : required
}

/** Sorts by time; the random part keeps two runs of one second apart. */
function newRunId(suite: string): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  return `${time}-${suite}-${randomBytes(2).toString('hex')}`
}

/** Without a gate a run is a measurement: it fails only if some setup could not be measured at all. */
function ungated(graded: readonly number[]): ExitCode {
  return graded.some(count => count === 0) ? exitCodes.infrastructure : exitCodes.pass
}

function asExitCode(code: number): ExitCode {
  return Object.values(exitCodes).find(known => known === code) ?? exitCodes.infrastructure
}
