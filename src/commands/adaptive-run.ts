import { invalidSetups } from '../core/agent-canaries.ts'
import { adaptivePlans } from '../core/adaptive/gate.ts'
import { adaptiveDefaults } from '../core/adaptive/options.ts'
import { adaptiveObstacles } from '../core/adaptive/obstacles.ts'
import { fingerprint } from '../core/fingerprint.ts'
import { specOf } from '../core/plan.ts'
import { UserError } from '../errors.ts'
import type { StoredRun } from '../contracts.ts'
import type { AdaptiveRun } from '../model/adaptive.ts'
import type { Baseline } from '../model/baseline.ts'
import type { Suite } from '../model/suite.ts'
import type { TrialSpec } from '../model/trial.ts'
import { adaptive, planned, type Batches } from '../core/batches.ts'
import { tell, type Io } from './io.ts'

export interface AdaptiveOptions {
  /** All trials of the plan, whatever the first ones say. */
  fixed?: boolean
  eager?: boolean
}

/** What a gate runs: everything at once, or only as much as its verdict needs. */
export interface Course {
  batches: Batches
  adaptive: AdaptiveRun | null
}

interface Asked {
  suite: Suite
  specs: readonly TrialSpec[]
  baseline: Baseline | null
  earlier: StoredRun | null
  budgetUsd: number | null
}

/** The course of a run. A gate stops as soon as its verdict is clear, unless that cannot be; then it says why. */
export function courseOf(
  { suite, specs, baseline, earlier, budgetUsd }: Asked,
  { fixed, eager }: AdaptiveOptions,
  io: Io,
): Course {
  const all = { batches: planned(specs), adaptive: null }
  if (earlier)
    return earlier.manifest.adaptive ? goOn(suite, earlier, baseline, earlier.manifest.adaptive) : all
  // None: no setup is valid.
  if (!baseline || fixed || specs.length === 0) return all
  const obstacles = adaptiveObstacles(suite, specs, baseline)
  if (obstacles.length > 0) {
    tell(
      io,
      `note: all ${specs.length} trials are run, as this gate cannot stop early: ${obstacles.join('; ')}.`,
    )
    return all
  }
  const run: AdaptiveRun = {
    settings: {
      ...adaptiveDefaults,
      margin: suite.gate.margin,
      rounds: Math.max(...specs.map(({ index }) => index)) + 1,
      spending: eager ? 'eager' : 'steady',
      budgetUsd,
      trialCostLimitUsd: dearestTrial(suite, specs),
    },
    baseline: fingerprint(baseline),
    canaries: {},
  }
  return { batches: batchesOf(suite, specs, baseline, run), adaptive: run }
}

/** The same baseline must decide, or the looks so far would have been others. */
function goOn(suite: Suite, earlier: StoredRun, baseline: Baseline | null, run: AdaptiveRun): Course {
  if (!baseline || fingerprint(baseline) !== run.baseline)
    throw new UserError(
      `run ${earlier.manifest.id} decides by another baseline than there is now: restore that of its start, or make a new run`,
    )
  return { batches: batchesOf(suite, allOf(earlier), baseline, run), adaptive: run }
}

function batchesOf(suite: Suite, specs: readonly TrialSpec[], baseline: Baseline, run: AdaptiveRun): Batches {
  const setups = [...new Set(specs.map(({ setup }) => setup))]
  const wanted = new Set(specs.map(({ task }) => task))
  const tasks = suite.tasks.filter(({ id }) => wanted.has(id))
  return adaptive(adaptivePlans(baseline, setups, tasks, run), run)
}

/** One trial of each task and setup of a stored run: what it may still come to run. */
export function allOf({ manifest }: StoredRun): TrialSpec[] {
  const invalid = invalidSetups(manifest)
  const setups = Object.keys(manifest.setups).filter(setup => !invalid.includes(setup))
  return Object.keys(manifest.tasks).flatMap(task => setups.map(setup => specOf(`${task}/${setup}/0`)))
}

/** The most that one trial may cost; null where a task has no limit. */
function dearestTrial(suite: Suite, specs: readonly TrialSpec[]): number | null {
  const planned = new Set(specs.map(({ task }) => task))
  const limits = suite.tasks
    .filter(({ id }) => planned.has(id))
    .map(({ limits: { maxCostUsd } }) => maxCostUsd)
  return limits.includes(null) ? null : Math.max(...limits.map(limit => limit ?? 0))
}
