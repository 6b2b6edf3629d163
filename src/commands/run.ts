import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import type { Level } from '../sandboxes/index.ts'
import { widest } from '../core/network.ts'
import { plan, specOf } from '../core/plan.ts'
import { spentIn } from '../core/spent.ts'
import { UserError, exitCodes, type ExitCode } from '../errors.ts'
import type { ModelLimits, Sandbox, StoredRun } from '../contracts.ts'
import { localExecutor } from '../executors/local.ts'
import type { Rules } from '../model/rules.ts'
import type { Isolation, Limiting, Network } from '../model/run.ts'
import type { Suite } from '../model/suite.ts'
import type { TrialSpec } from '../model/trial.ts'
import { judgeRun, runSuite } from '../pipeline.ts'
import { describePlan } from '../reporters/plan.ts'
import { describeRules } from '../reporters/rules.ts'
import { loadByBase, onlyOnce } from './base-rules.ts'
import { readBaseline } from './baseline-file.ts'
import { checkSameImages, imagesFor } from './images.ts'
import { onInterrupt } from './interrupt.ts'
import { answerJson, tell, type Io } from './io.ts'
import { networksOf } from './network.ts'
import { askedLimits, limitingOf } from './limiting.ts'
import { provenance } from './provenance.ts'
import { budgetOf, type BudgetOptions } from './budget.ts'
import { checkReadiness } from './readiness.ts'
import { checkReportOptions, report, type ReportOptions } from './report.ts'
import { families, load, openTrialParts, progressFor, sandboxFor, storeFor, stronger } from './wiring.ts'

export interface RunOptions extends ReportOptions, BudgetOptions {
  task?: string[]
  setup?: string[]
  tag?: string[]
  trials?: number
  concurrency?: number
  dryRun?: boolean
  gate?: boolean
  /** Commit whose rules hold; implies `gate`. */
  base?: string
  approve?: string[]
  strict?: boolean
  baseline?: string
  resume?: string
  isolation?: Level
}

/** `agent-eval run SUITE`: load → plan → run → judge → report. */
export async function run(file: string | undefined, options: RunOptions, io: Io): Promise<ExitCode> {
  checkCombination(file, options)
  const earlier = options.resume === undefined ? null : await storeFor(io, null).load(options.resume)
  if (options.gate && earlier?.manifest.rules)
    throw new UserError(onlyOnce(earlier.manifest.id, earlier.manifest.rules))
  const ruled =
    options.base === undefined
      ? null
      : await loadByBase(suiteFile(file), { base: options.base, approve: options.approve }, io)
  const suite = earlier?.suite ?? ruled?.suite ?? (await load(suiteFile(file), io))
  const specs = earlier
    ? earlier.manifest.plan.map(specOf)
    : plan(suite, { tasks: options.task, setups: options.setup, tags: options.tag, trials: options.trials })

  if (options.dryRun) {
    const rules = ruled?.rules ?? null
    if (options.json)
      answerJson(io, { suite: suite.name, fingerprint: suite.fingerprint, trials: specs, rules })
    else {
      const planned = describePlan(suite, specs, askedLimits(suite, specs))
      tell(io, [planned, ...describeRules(rules), ...(ruled?.warnings ?? [])].join('\n'))
    }
    return exitCodes.pass
  }

  await checkReportOptions(options, io)
  // Everything that can stop a gate is read and checked before the first paid trial.
  const gate = {
    ...suite.gate,
    strict: options.strict ?? suite.gate.strict,
    baseline: options.baseline ?? suite.gate.baseline,
  }
  const baseline =
    ruled?.baseline ?? (options.gate ? await readBaseline(gate.baseline, suite.name, io) : null)
  // Tries a few things out on this machine meanwhile.
  const limiting = limitingOf(suite, specs)
  const sandbox = await sandboxFor(
    earlier ? asBefore(earlier, options.isolation) : stronger(options.isolation, suite.isolation),
  )
  const tasks = specs.map(({ task }) => task)
  const images = await imagesFor(suite, tasks, sandbox, line => tell(io, line))
  if (earlier) checkSameImages(earlier.manifest.isolation.images, images)
  const budget = budgetOf(suite.budget, options)
  await checkReadiness(suite, specs, { ...families, sandbox, images }, budget, io)

  const networks = await networksOf(suite, specs, { ...families, sandbox }, io)

  const { manifest, trials } = await execute(
    {
      suite,
      specs,
      earlier,
      sandbox,
      images,
      networks,
      budget,
      limits: await limiting,
      rules: ruled?.rules ?? null,
    },
    options,
    io,
  )
  if (manifest.status === 'interrupted') {
    tell(
      io,
      `Interrupted: ${trials.length} of ${specs.length} trials are kept. ${ruled ? 'A gate with --base is not resumed: start it again.' : `Go on with:\n  agent-eval run --resume ${manifest.id}`}`,
    )
    return exitCodes.interrupted
  }
  const judged = judgeRun({ manifest, trials }, gate, baseline, ruled?.warnings, ruled?.head)
  await report(judged, options, io)
  return judged.verdict
    ? asExitCode(judged.verdict.exitCode)
    : ungated(judged.run.summaries.map(summary => summary.graded))
}

interface Job {
  suite: Suite
  specs: readonly TrialSpec[]
  earlier: StoredRun | null
  sandbox: Sandbox
  images: Isolation['images']
  networks: Record<string, Network>
  budget: ModelLimits
  limits: Limiting
  rules: Rules | null
}

async function execute(
  { suite, specs, earlier, sandbox, images, networks, budget, limits, rules }: Job,
  options: RunOptions,
  io: Io,
): ReturnType<typeof runSuite> {
  if (limits.missing.length > 0)
    tell(
      io,
      `warning: this machine does not let us limit ${limits.missing.join(' and ')}: agents may use more than the suite allows. It takes a writable control group (run as root, or within systemd-run --user --scope -p Delegate=yes).`,
    )
  // Asks git a few questions meanwhile.
  const asked = provenance(rules === null && existsSync(suite.file) ? dirname(suite.file) : io.cwd, io)
  const interrupt = onInterrupt(io)
  const store = storeFor(io, suite)
  const runId = earlier?.manifest.id ?? newRunId(suite.name)
  const progress = progressFor(io)
  const { parts, workspaces, close } = await openTrialParts(
    {
      suite,
      runId,
      store,
      progress,
      sandbox,
      images,
      budget: { limits: budget, spent: spentIn([...(earlier?.trials ?? []), ...(earlier?.replaced ?? [])]) },
      signal: interrupt.signal,
    },
    io,
  )
  // Before there are results, which must not be taken for changes.
  const startedFrom = await asked
  const concurrency = options.concurrency ?? Math.max(2, availableParallelism())
  try {
    // Also a new run: another process could resume it while it goes on.
    const ran = await store.exclusively(runId, async () =>
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
            isolation: {
              ...sandbox.isolation,
              network: widest(Object.values(networks)),
              networks,
              workspace: workspaces.kind,
              images,
              limits,
            },
            provenance: startedFrom,
            rules,
          },
          now: () => new Date().toISOString(),
        },
        earlier,
      ),
    )
    // The last trials may have been ended by it.
    if (ran.trials.some(({ status }) => status === 'errored')) parts.requireBudget()
    return ran
  } finally {
    interrupt.release()
    await close()
  }
}

/** With a base neither the working tree nor a run that it could have brought may decide. */
function checkCombination(file: string | undefined, options: RunOptions): void {
  const { base, approve, baseline, resume } = options
  if (base === undefined && approve !== undefined)
    throw new UserError('--approve is about changes since a commit: name it, as in --base origin/main')
  if (base !== undefined && baseline !== undefined)
    throw new UserError('--base and --baseline exclude each other: the baseline is that of the commit')
  if (base !== undefined && resume !== undefined)
    throw new UserError('--base and --resume exclude each other: a gate trusts no run that it finds')
  const { task, setup, tag, trials } = options
  const given = { SUITE: file, '--task': task, '--setup': setup, '--tag': tag, '--trials': trials }
  const ignored = Object.entries(given).find(([, value]) => value !== undefined)
  if (resume !== undefined && ignored)
    throw new UserError(
      `--resume finishes a run as it was planned: leave ${ignored[0]} out, or start a new run`,
    )
}

function suiteFile(file: string | undefined): string {
  if (file === undefined)
    throw new UserError(
      'which suite? Give its file: agent-eval run evals/SUITE.yaml (agent-eval init makes one)',
    )
  return file
}

/** A run has one isolation, which its report tells: it goes on with the one that it began with. */
function asBefore({ manifest }: StoredRun, asked: Level | undefined): Level {
  const { level } = manifest.isolation
  if (asked === undefined || asked === level) return level
  throw new UserError(
    `run ${manifest.id} began at isolation "${level}" and cannot go on at another one: leave --isolation out, or start a new run`,
  )
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
