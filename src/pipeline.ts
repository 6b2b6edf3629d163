import type { Executor, ProgressReporter, RunStore, StoredRun } from './contracts.ts'
import {
  compareWithAnchor,
  compareWithBaseline,
  underTest,
  type Thresholds,
} from './core/against-baseline.ts'
import type { Batches } from './core/batches.ts'
import { closeManifest, openManifest, withPlanned, type RunFacts } from './core/manifest.ts'
import { missingTrials } from './core/missing.ts'
import { withEarlierStarts } from './core/starts.ts'
import { compare } from './core/compare.ts'
import { gateProblems, gateVerdict } from './core/gate.ts'
import { sideBySide } from './core/side-by-side.ts'
import { sideOfRun } from './core/sides.ts'
import { anchorWarnings } from './core/anchor.ts'
import type { Baseline } from './model/baseline.ts'
import type { Report, Side } from './model/report.ts'
import type { Gate, Suite } from './model/suite.ts'
import type { Trial, TrialSpec } from './model/trial.ts'
import { InfraError } from './errors.ts'

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
  signal: AbortSignal
  now(): string
  /** What is done for each trial: it is run, or what is stored of it is graded again. */
  work(spec: TrialSpec): Promise<Trial>
}

/** A run with its trials so far. */
export type Run = Pick<StoredRun, 'manifest' | 'trials'> & Partial<Pick<StoredRun, 'lost'>>

/** A new run, stored; `plan` is what is known beforehand of what it will hold. */
export async function startRun(
  suite: Suite,
  plan: readonly TrialSpec[],
  facts: RunFacts,
  { store, now }: Pick<RunParts, 'store' | 'now'>,
): Promise<Run> {
  const manifest = openManifest(suite, plan, facts, now())
  await store.create(manifest, suite)
  return { manifest, trials: [] }
}

/** Runs what is to be run; each trial is stored as soon as it ends. Returns the run as stored. */
export async function runSuite(run: Run, batches: Batches, parts: RunParts): Promise<Run> {
  const { executor, store, progress, signal } = parts
  let { manifest } = run
  const trials = new Map<string, Trial>(run.trials.map(trial => [trial.id, trial]))
  const startAndWork = (spec: TrialSpec): Promise<Trial> => {
    progress.onTrialStart?.(spec)
    return parts.work(spec)
  }
  let ended = false
  try {
    for (const batch of batches(() => [...trials.values()])) {
      progress.onBatch?.(manifest, batch)
      const grown = withPlanned(manifest, batch)
      // So that nothing that was paid for is lost to a run that goes on later.
      if (grown !== manifest) await store.update(grown)
      manifest = grown
      await executor(batch, startAndWork, async trial => {
        const counted = withEarlierStarts(trial, trials.get(trial.id), run.lost)
        await store.append(manifest.id, counted)
        trials.set(trial.id, counted)
        progress.onTrialEnd?.(counted)
      })
      if (signal.aborted) break
    }
    ended = !signal.aborted && missingTrials(manifest.plan, [...trials.values()]).length === 0
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
  if (stored.altered !== null) throw new InfraError(stored.altered)
  return { manifest: stored.manifest, trials: stored.trials }
}

/**
 * Compares a finished run: its setups with the baseline where a gate is asked for, and side by side with each other. `head`
 * are thresholds and a baseline that do not count: what they would say is only shown.
 */
export function judgeRun(
  run: Run,
  gate: Thresholds,
  baseline: Baseline | null,
  warnings: string[] = [],
  head: { gate: Gate; baseline: Baseline } | null = null,
): Report {
  const { manifest, trials } = run
  const [first, ...others] = underTest(manifest)
  const side = (setup: string): Side => sideOfRun(manifest, trials, setup)
  const options = { margin: gate.margin, strict: gate.strict, gate: false }

  const gated = baseline ? compareWithBaseline(run, gate, baseline) : []
  const anchors = baseline ? compareWithAnchor(run, gate, baseline) : []
  const amongSetups =
    first === undefined ? [] : others.map(setup => compare(side(first), side(setup), options))
  return {
    run: manifest,
    trials,
    comparisons: [...gated, ...amongSetups],
    sideBySide: sideBySide(underTest(manifest).map(side), amongSetups),
    anchors,
    verdict: baseline ? gateVerdict(gated, gateProblems(manifest, trials, baseline)) : null,
    verdictByHead:
      head &&
      gateVerdict(
        compareWithBaseline(run, head.gate, head.baseline),
        gateProblems({ ...manifest, rules: null }, trials, head.baseline),
      ),
    warnings: [...warnings, ...anchorWarnings(anchors)],
  }
}
