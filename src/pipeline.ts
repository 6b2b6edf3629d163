import type { Executor, ProgressReporter, RunStore } from './contracts.ts'
import { closeManifest, openManifest, type RunFacts } from './core/manifest.ts'
import { compare } from './core/compare.ts'
import { gateProblems, gateVerdict } from './core/gate.ts'
import { sideOfBaseline, sideOfRun } from './core/sides.ts'
import type { Baseline } from './model/baseline.ts'
import type { Comparison, Report, Side } from './model/report.ts'
import type { RunManifest } from './model/run.ts'
import type { Gate, Suite } from './model/suite.ts'
import type { Trial, TrialSpec } from './model/trial.ts'
import { runTrial } from './trial/run-trial.ts'
import type { TrialParts } from './trial/parts.ts'

/**
 * The story of the program:
 *
 *   suite.yaml ─load─▶ Suite ─plan─▶ TrialSpec[] ─runSuite─▶ Trial[] ─judgeRun─▶ Report ─▶ reporters, exit code
 *
 * `runSuite` has the effects, in order; `judgeRun` is pure. Loading stands in suite/, planning in core/plan.ts, what one
 * trial does in trial/run-trial.ts, and which implementations are used in commands/wiring.ts.
 */

export interface RunParts {
  executor: Executor
  store: RunStore
  progress: ProgressReporter
  trialParts: TrialParts
  facts: RunFacts
  now(): string
}

/** Runs what is still to be done of a plan; each trial is stored as soon as it ends. Returns the run as stored. */
export async function runSuite(
  suite: Suite,
  plan: readonly TrialSpec[],
  parts: RunParts,
  earlier: { manifest: RunManifest; trials: Trial[] } | null = null,
): Promise<{ manifest: RunManifest; trials: Trial[] }> {
  const { executor, store, progress, trialParts } = parts
  const manifest = earlier?.manifest ?? openManifest(suite, plan, parts.facts, parts.now())
  if (!earlier) await store.create(manifest, suite)

  const trials = new Map<string, Trial>((earlier?.trials ?? []).map(trial => [trial.id, trial]))
  const remaining = plan.filter(spec => trials.get(spec.id)?.status !== 'graded')
  progress.onRunStart?.({ ...manifest, plan: remaining.map(spec => spec.id) })
  const startAndRun = async (spec: TrialSpec): Promise<Trial> => {
    await trialParts.requireRoom()
    trialParts.requireBudget()
    progress.onTrialStart?.(spec)
    return runTrial(spec, trialParts)
  }
  let ended = false
  try {
    await executor(remaining, startAndRun, async trial => {
      await store.append(manifest.id, trial)
      trials.set(trial.id, trial)
      progress.onTrialEnd?.(trial)
    })
    ended = !trialParts.signal.aborted
  } finally {
    // Also after a failure: what has finished is summed up, whatever stopped the rest.
    const closed = closeManifest(
      manifest,
      [...trials.values()],
      ended ? 'finished' : 'interrupted',
      parts.now(),
    )
    await store.update(closed)
    progress.onRunEnd?.(closed)
  }
  const stored = await store.load(manifest.id)
  return { manifest: stored.manifest, trials: stored.trials }
}

/**
 * Compares a finished run: its setups with the baseline where a gate is asked for, and side by side with each other. `head`
 * are thresholds and a baseline that do not count: what they would say is only shown.
 */
export function judgeRun(
  run: { manifest: RunManifest; trials: Trial[] },
  gate: Gate,
  baseline: Baseline | null,
  warnings: string[] = [],
  head: { gate: Gate; baseline: Baseline } | null = null,
): Report {
  const { manifest, trials } = run
  const setups = Object.keys(manifest.setups)
  const [first, ...others] = setups
  const side = (setup: string): Side => sideOfRun(manifest, trials, setup)
  const options = { margin: gate.margin, strict: gate.strict }

  const gated = baseline ? compareWithBaseline(run, gate, baseline) : []
  const sideBySide =
    first === undefined
      ? []
      : others.map(setup => compare(side(first), side(setup), { ...options, gate: false }))
  return {
    run: manifest,
    trials,
    comparisons: [...gated, ...sideBySide],
    verdict: baseline ? gateVerdict(gated, gateProblems(manifest, trials, baseline)) : null,
    verdictByHead:
      head &&
      gateVerdict(
        compareWithBaseline(run, head.gate, head.baseline),
        gateProblems({ ...manifest, rules: null }, trials, head.baseline),
      ),
    warnings,
  }
}

/** Each setup of a run that was accepted into the baseline, compared with what was accepted. */
function compareWithBaseline(
  { manifest, trials }: { manifest: RunManifest; trials: Trial[] },
  { margin, strict }: Gate,
  baseline: Baseline,
): Comparison[] {
  return Object.keys(manifest.setups)
    .filter(setup => Object.hasOwn(baseline.setups, setup))
    .map(setup =>
      compare(
        sideOfBaseline(baseline, setup, 'baseline'),
        { ...sideOfRun(manifest, trials, setup), label: 'this run' },
        { margin, strict, gate: true },
      ),
    )
}
