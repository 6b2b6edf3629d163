import type { AdaptiveRun } from '../../model/adaptive.ts'
import type { Baseline, BaselineTask } from '../../model/baseline.ts'
import type { RunManifest } from '../../model/run.ts'
import type { Task } from '../../model/suite.ts'
import type { Trial, TrialSpec } from '../../model/trial.ts'
import { invalidSetups } from '../agent-canaries.ts'
import { fingerprint } from '../fingerprint.ts'
import { specOf } from '../plan.ts'
import type { AdaptiveFinding } from '../case.ts'
import { formatTrialId } from '../trial-id.ts'
import { nextStep, type NextStep } from './next-step.ts'
import { outcomeOf } from './outcome.ts'
import { adaptivePlan, type AdaptivePlan } from './plan.ts'
import type { AdaptiveTrial, TrialSide } from './slots.ts'

/** The plans of a run's setups, by setup: each is held against its own part of the baseline. */
export type AdaptivePlans = ReadonlyMap<string, AdaptivePlan>

/**
 * One plan for each setup that was accepted into the baseline, over the tasks that are still the same. Several setups share the
 * chance of a false alarm (Bonferroni: the first step of Holm, as no setup waits for another).
 */
export function adaptivePlans(
  baseline: Baseline,
  setups: readonly string[],
  tasks: readonly Pick<Task, 'id' | 'fingerprint'>[],
  { settings }: AdaptiveRun,
): AdaptivePlans {
  const gated = setups.filter(setup => Object.hasOwn(baseline.setups, setup))
  const options = { ...settings, alpha: settings.alpha / Math.max(1, gated.length) }
  return new Map(
    gated.map(setup => [setup, adaptivePlan(alikeTasks(baseline, setup, tasks), options)] as const),
  )
}

function alikeTasks(
  baseline: Baseline,
  setup: string,
  tasks: readonly Pick<Task, 'id' | 'fingerprint'>[],
): Record<string, BaselineTask> {
  const accepted = baseline.setups[setup]?.tasks ?? {}
  return Object.fromEntries(
    tasks.flatMap(({ id, fingerprint }): [string, BaselineTask][] => {
      const before = Object.hasOwn(accepted, id) ? accepted[id] : undefined
      return before?.fingerprint === fingerprint ? [[id, before]] : []
    }),
  )
}

/** What each setup does next, from all trials of the run so far. */
export function stepsOf(
  plans: AdaptivePlans,
  trials: readonly Trial[],
  { canaries }: AdaptiveRun,
): Map<string, NextStep> {
  return new Map(
    [...plans].map(([setup, plan]) => [
      setup,
      nextStep(plan, trialsOf(trials, setup, canaries[setup] ?? null)),
    ]),
  )
}

/** The trials to be run next, over all setups in turn; empty once every setup has its verdict. */
export function nextTrials(steps: ReadonlyMap<string, NextStep>, { canaries }: AdaptiveRun): TrialSpec[] {
  const queues = [...steps].map(([setup, step]) =>
    step.kind === 'run'
      ? step.trials.map(({ task, side, index }) => {
          const name = side === 'canary' ? canaries[setup] : setup
          if (name === undefined) throw new Error(`setup ${setup} has no canary`)
          return specOf(formatTrialId({ task, setup: name, index }))
        })
      : [],
  )
  const longest = Math.max(0, ...queues.map(queue => queue.length))
  return Array.from({ length: longest }, (_, place) => queues.flatMap(queue => queue[place] ?? [])).flat()
}

/** What an adaptive gate has come to, by setup. Empty for a run that was none, or was one against another baseline. */
export function adaptiveFindings(
  manifest: RunManifest,
  trials: readonly Trial[],
  baseline: Baseline,
): Map<string, AdaptiveFinding> {
  const { adaptive: run } = manifest
  if (!run || run.baseline !== fingerprint(baseline)) return new Map()
  const tasks = Object.entries(manifest.tasks).map(([id, { fingerprint }]) => ({ id, fingerprint }))
  const canaries = new Set([...Object.values(run.canaries), ...invalidSetups(manifest)])
  const setups = Object.keys(manifest.setups).filter(setup => !canaries.has(setup))
  const plans = adaptivePlans(baseline, setups, tasks, run)
  return new Map(
    [...stepsOf(plans, trials, run)].flatMap(([setup, step]) => {
      const plan = plans.get(setup)
      const trouble = step.kind === 'stop' ? step.trouble : []
      return plan ? [[setup, { outcome: outcomeOf(plan, step), trouble }] as const] : []
    }),
  )
}

function trialsOf(trials: readonly Trial[], setup: string, canary: string | null): AdaptiveTrial[] {
  const of = (name: string | null, side: TrialSide): AdaptiveTrial[] =>
    trials.filter(trial => trial.setup === name).map(trial => asSlot(trial, side))
  return [...of(setup, 'candidate'), ...of(canary, 'canary')]
}

function asSlot(trial: Trial, side: TrialSide): AdaptiveTrial {
  const { task, index, starts, spentBeforeUsd, attempt } = trial
  const errored = trial.status === 'errored'
  const last = attempt ? attempt.costUsd : 0
  return {
    task,
    side,
    index,
    result: errored ? 'errored' : trial.pass ? 'passed' : 'failed',
    errors: errored ? starts : starts - 1,
    costUsd: last === null || spentBeforeUsd === null ? null : last + spentBeforeUsd,
  }
}
