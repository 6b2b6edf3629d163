import { invalidSetups } from '../core/agent-canaries.ts'
import { tooSmallBudget } from '../core/adaptive/first-round.ts'
import { adaptivePlans } from '../core/adaptive/gate.ts'
import { adaptiveDefaults } from '../core/adaptive/options.ts'
import { adaptiveObstacles } from '../core/adaptive/obstacles.ts'
import { fingerprint } from '../core/fingerprint.ts'
import { specOf } from '../core/plan.ts'
import { formatTrialId } from '../core/trial-id.ts'
import { UserError } from '../errors.ts'
import type { StoredRun } from '../contracts.ts'
import type { AdaptiveRun } from '../model/adaptive.ts'
import type { Baseline } from '../model/baseline.ts'
import type { Setup, Suite } from '../model/suite.ts'
import type { TrialSpec } from '../model/trial.ts'
import { adaptive, planned, type Batches } from '../core/batches.ts'
import { tell, type Io } from './io.ts'

export interface AdaptiveOptions {
  /** All trials of the plan, whatever the first ones say. */
  fixed?: boolean
  eager?: boolean
  /** Also runs the baseline's own setups, to see whether the day has changed. */
  drift?: boolean
}

/** What a gate runs: everything at once, or only as much as its verdict needs. */
export interface Course {
  batches: Batches
  adaptive: AdaptiveRun | null
  /** With the setups that tell whether the day has changed, if there are any. */
  suite: Suite
  /** What is known beforehand of what will be run. */
  specs: readonly TrialSpec[]
}

interface Asked {
  suite: Suite
  specs: readonly TrialSpec[]
  baseline: Baseline | null
  earlier: StoredRun | null
  /** The setups of the commit that makes the rules, by name; empty without one. */
  before: Suite['setups']
  budgetUsd: number | null
}

/** The course of a run. A gate stops as soon as its verdict is clear, unless that cannot be; then it says why. */
export function courseOf(
  { suite, specs, baseline, earlier, before, budgetUsd }: Asked,
  { fixed, eager, drift }: AdaptiveOptions,
  io: Io,
): Course {
  const all = { batches: planned(specs), adaptive: null, suite, specs }
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
  const today = Date.now()
  const canaries = canarySetups(specs, baseline, before, drift ?? isOld(baseline, today))
  if (drift && canaries.length === 0)
    throw new UserError(
      '--drift runs the setups that the baseline was made with, and they cannot be had: name the commit that has them, as in --base origin/main',
    )
  const run: AdaptiveRun = {
    settings: {
      ...adaptiveDefaults,
      canaryShare: canaries.length > 0 ? canaryShare : 0,
      margin: suite.gate.margin,
      rounds: Math.max(...specs.map(({ index }) => index)) + 1,
      spending: eager ? 'eager' : 'steady',
      budgetUsd,
      trialCostLimitUsd: dearestTrial(suite, specs),
    },
    baseline: fingerprint(baseline),
    canaries: Object.fromEntries(canaries.map(({ of, setup }) => [of, setup.name])),
  }
  const setups = [...new Set(specs.map(({ setup }) => setup))]
  const tooSmall = tooSmallBudget(adaptivePlans(baseline, setups, suite.tasks, run).values())
  if (tooSmall !== null) throw new UserError(tooSmall)
  return {
    batches: batchesOf(suite, specs, baseline, run),
    adaptive: run,
    suite: {
      ...suite,
      setups: { ...suite.setups, ...Object.fromEntries(canaries.map(({ setup }) => [setup.name, setup])) },
    },
    specs: [
      ...specs,
      ...canaries.flatMap(({ of, setup: { name } }) =>
        specs
          .filter(({ setup }) => setup === of)
          .map(({ task, index }) => specOf(formatTrialId({ task, setup: name, index }))),
      ),
    ],
  }
}

/** Of all trials of the candidate, so many more of the baseline's own setup. */
const canaryShare = 0.2

/** Models and agents change behind the same name: after so long a baseline is worth a second look. */
const oldDays = 14

function isOld({ setups }: Baseline, nowMs: number): boolean {
  return Object.values(setups).some(({ accepted }) => nowMs - Date.parse(accepted.at) > oldDays * 86_400_000)
}

/** The setups that the baseline was made with, where the commit still has them, under names of their own. */
function canarySetups(
  specs: readonly TrialSpec[],
  baseline: Baseline,
  before: Suite['setups'],
  wanted: boolean,
): { of: string; setup: Setup }[] {
  if (!wanted) return []
  return [...new Set(specs.map(({ setup }) => setup))].flatMap(of => {
    const setup = Object.hasOwn(before, of) ? before[of] : undefined
    return setup?.fingerprint === baseline.setups[of]?.fingerprint && setup
      ? [{ of, setup: { ...setup, name: `${of}@baseline` } }]
      : []
  })
}

/** The same baseline must decide, or the looks so far would have been others. */
function goOn(suite: Suite, earlier: StoredRun, baseline: Baseline | null, run: AdaptiveRun): Course {
  if (!baseline || fingerprint(baseline) !== run.baseline)
    throw new UserError(
      `run ${earlier.manifest.id} decides by another baseline than there is now: restore that of its start, or make a new run`,
    )
  const specs = [
    ...new Map(
      [...allOf(earlier), ...earlier.manifest.plan.map(specOf)].map(spec => [spec.id, spec]),
    ).values(),
  ]
  return { batches: batchesOf(suite, specs, baseline, run), adaptive: run, suite, specs }
}

function batchesOf(suite: Suite, specs: readonly TrialSpec[], baseline: Baseline, run: AdaptiveRun): Batches {
  const canaries = new Set(Object.values(run.canaries))
  const setups = [...new Set(specs.map(({ setup }) => setup))].filter(setup => !canaries.has(setup))
  const wanted = new Set(specs.map(({ task }) => task))
  const tasks = suite.tasks.filter(({ id }) => wanted.has(id))
  const others = specs.filter(
    ({ setup, task }) => setups.includes(setup) && !Object.hasOwn(baseline.setups[setup]?.tasks ?? {}, task),
  )
  return adaptive(adaptivePlans(baseline, setups, tasks, run), run, others)
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
