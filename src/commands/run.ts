import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import { invalidSetups, spentOnCanaries } from '../core/agent-canaries.ts'
import { widest } from '../core/network.ts'
import { plan, specOf } from '../core/plan.ts'
import { addSpent, spentIn, sumSpent } from '../core/spent.ts'
import { UserError, exitCodes, type ExitCode } from '../errors.ts'
import type { ModelLimits, Sandbox, StoredRun } from '../contracts.ts'
import { localExecutor } from '../executors/local.ts'
import type { Rules } from '../model/rules.ts'
import type { Isolation, Limiting, Network, Provenance, RunManifest } from '../model/run.ts'
import type { Suite } from '../model/suite.ts'
import type { TrialSpec } from '../model/trial.ts'
import { judgeRun, runSuite, startRun } from '../pipeline.ts'
import { runTrial } from '../trial/run-trial.ts'
import { describePlan } from '../reporters/plan.ts'
import { describeRules } from '../reporters/rules.ts'
import { allOf, courseOf, type Course } from './adaptive-run.ts'
import { loadByBase, onlyOnce } from './base-rules.ts'
import { readBaseline } from './baseline-file.ts'
import { checkSameImages, imagesFor } from './images.ts'
import { exitCodeOf } from './exit-code.ts'
import { onInterrupt } from './interrupt.ts'
import { answerJson, tell, type Io } from './io.ts'
import { networksOf } from './network.ts'
import { askedLimits, limitingOf } from './limiting.ts'
import { provenance } from './provenance.ts'
import { canariesOfRun } from './canaries.ts'
import { budgetOf } from './budget.ts'
import { checkCassettes, tapeOf, withoutNeedOfKeys, type Tape } from './tape.ts'
import { asBefore, checkCombination, suiteFile, type RunOptions } from './run-options.ts'
import { checkReadiness } from './readiness.ts'
import { checkReportOptions, report } from './report.ts'
import { loadUnaltered } from './unaltered.ts'
import { families, load, openTrialParts, progressFor, sandboxFor, storeFor, stronger } from './wiring.ts'

/** `agent-eval run SUITE`: load → plan → run → judge → report. */
export async function run(file: string | undefined, options: RunOptions, io: Io): Promise<ExitCode> {
  checkCombination(file, options)
  const earlier =
    options.resume === undefined ? null : await loadUnaltered(storeFor(io, null), options.resume)
  if (options.gate && earlier?.manifest.rules)
    throw new UserError(onlyOnce(earlier.manifest.id, earlier.manifest.rules))
  const ruled =
    options.base === undefined
      ? null
      : await loadByBase(suiteFile(file), { base: options.base, approve: options.approve }, io)
  const loaded = earlier?.suite ?? ruled?.suite ?? (await load(suiteFile(file), io))
  const wanted = earlier
    ? [...earlier.manifest.plan.map(specOf), ...(earlier.manifest.adaptive ? allOf(earlier) : [])]
    : plan(loaded, { tasks: options.task, setups: options.setup, tags: options.tag, trials: options.trials })

  if (options.dryRun) {
    const rules = ruled?.rules ?? null
    if (options.json)
      answerJson(io, { suite: loaded.name, fingerprint: loaded.fingerprint, trials: wanted, rules })
    else {
      const planned = describePlan(loaded, wanted, askedLimits(loaded, wanted))
      tell(io, [planned, ...describeRules(rules), ...(ruled?.warnings ?? [])].join('\n'))
    }
    return exitCodes.pass
  }

  await checkReportOptions(options, io)
  // Everything that can stop a gate is read and checked before the first paid trial.
  const gate = {
    ...loaded.gate,
    strict: options.strict ?? loaded.gate.strict,
    baseline: options.baseline ?? loaded.gate.baseline,
    force: options.force ?? false,
  }
  const baseline =
    ruled?.baseline ??
    (options.gate || earlier?.manifest.adaptive ? await readBaseline(gate.baseline, loaded.name, io) : null)
  const tape = await tapeOf(options, earlier, reference => storeFor(io, null).load(reference))
  const budget = tape.replay ? budgetOf(null, {}) : budgetOf(loaded.budget, options)
  const before = ruled?.before ?? {}
  const courseFor = (some: readonly TrialSpec[]): Course =>
    courseOf(
      { suite: loaded, specs: some, baseline, earlier, before, budgetUsd: budget.costUsd },
      options,
      io,
    )
  const whole = courseFor(wanted)
  const { suite, specs } = whole
  // Tries a few things out on this machine meanwhile.
  const limiting = limitingOf(suite, specs)
  // Before there are results, which must not be taken for changes.
  const asked = provenance(ruled === null && existsSync(suite.file) ? dirname(suite.file) : io.cwd, io)
  const sandbox = await sandboxFor(
    earlier ? asBefore(earlier, options.isolation) : stronger(options.isolation, suite.isolation),
  )
  const tasks = specs.map(({ task }) => task)
  const images = await imagesFor(suite, tasks, sandbox, line => tell(io, line))
  if (earlier) checkSameImages(earlier.manifest.isolation.images, images)
  const host = withoutNeedOfKeys(tape, suite, families, io)
  checkCassettes(tape, suite, specs, { ...families, sandbox }, host)
  await checkReadiness(suite, specs, { ...families, sandbox, images }, budget, host)

  const networks = await networksOf(suite, specs, { ...families, sandbox }, host)

  const canaryBudget = { limits: budget, spent: { costUsd: 0, tokens: 0, calls: 0 } }
  const agentCanaries =
    earlier?.manifest.agentCanaries ??
    (options.canary
      ? await canariesOfRun({ suite, specs: wanted, sandbox, images, budget: canaryBudget }, io)
      : {})
  if (agentCanaries === null) {
    tell(io, 'Interrupted: no trial was run.')
    return exitCodes.interrupted
  }
  const invalid = invalidSetups({ agentCanaries })
  const course =
    invalid.length === 0 || earlier
      ? whole
      : courseFor(wanted.filter(({ setup }) => !invalid.includes(setup)))
  // Those that are not run are told of.
  const told = wanted.filter(({ setup }) => invalid.includes(setup))

  const { manifest, trials } = await execute(
    {
      suite,
      specs: [...course.specs, ...told],
      earlier,
      course,
      sandbox,
      images,
      networks,
      agentCanaries,
      budget,
      tape,
      host,
      limits: await limiting,
      rules: ruled?.rules ?? null,
      asked,
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
  return exitCodeOf(judged)
}

interface Job {
  suite: Suite
  specs: readonly TrialSpec[]
  earlier: StoredRun | null
  course: Course
  sandbox: Sandbox
  images: Isolation['images']
  networks: Record<string, Network>
  agentCanaries: RunManifest['agentCanaries']
  budget: ModelLimits
  tape: Tape
  /** What trials see of this machine. */
  host: Io
  limits: Limiting
  rules: Rules | null
  asked: Promise<Provenance>
}

async function execute(job: Job, options: RunOptions, io: Io): ReturnType<typeof runSuite> {
  const { suite, specs, earlier, course, sandbox, images, networks, agentCanaries, budget, tape, limits } =
    job
  if (limits.missing.length > 0)
    tell(
      io,
      `warning: this machine does not let us limit ${limits.missing.join(' and ')}: agents may use more than the suite allows. It takes a writable control group (run as root, or within systemd-run --user --scope -p Delegate=yes).`,
    )
  const interrupt = onInterrupt(io)
  const store = storeFor(io, suite)
  const spentOnTrials = addSpent(
    spentIn([...(earlier?.trials ?? []), ...(earlier?.replaced ?? [])]),
    sumSpent(earlier?.lost ?? []),
  )
  const runId = earlier?.manifest.id ?? newRunId(suite.name)
  const progress = await progressFor(io)
  const { parts, workspaces, close } = await openTrialParts(
    {
      suite,
      runId,
      store,
      progress,
      sandbox,
      images,
      budget: { limits: budget, spent: addSpent(spentOnCanaries({ agentCanaries }), spentOnTrials) },
      tape,
      signal: interrupt.signal,
    },
    job.host,
  )
  const startedFrom = await job.asked
  const concurrency = options.concurrency ?? Math.max(2, availableParallelism())
  try {
    // Also a new run: another process could resume it while it goes on.
    const ran = await store.exclusively(runId, async () => {
      const started = {
        executor: localExecutor(concurrency, interrupt.signal),
        store,
        progress,
        signal: interrupt.signal,
        now: () => new Date().toISOString(),
        async work(spec: TrialSpec) {
          await parts.requireRoom()
          parts.requireBudget()
          return runTrial(spec, parts)
        },
      }
      const facts = {
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
        rules: job.rules,
        recorded: tape.record,
        replay: tape.replay,
        agentCanaries,
        adaptive: course.adaptive,
      }
      return runSuite(earlier ?? (await startRun(suite, specs, facts, started)), course.batches, started)
    })
    // The last trials may have been ended by it.
    if (ran.trials.some(({ status }) => status === 'errored')) parts.requireBudget()
    return ran
  } finally {
    interrupt.release()
    await close()
  }
}

/** Sorts by time; the random part keeps two runs of one second apart. */
function newRunId(suite: string): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  return `${time}-${suite}-${randomBytes(2).toString('hex')}`
}
