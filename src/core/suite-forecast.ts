import type { Baseline, BaselineTask } from '../model/baseline.ts'
import type { Suite, Task } from '../model/suite.ts'
import type { TrialSpec } from '../model/trial.ts'
import { adaptiveObstacles } from './adaptive/obstacles.ts'
import { adaptiveDefaults } from './adaptive/options.ts'
import { forecastPlan, type PlanForecast } from './forecast.ts'
import { usualVariance } from './power.ts'
import { sum } from './stats/pair.ts'

export interface SuiteForecastOptions {
  /** Percentage points. */
  margin: number
  /** Further drops to be told of, in percentage points. */
  drops: readonly number[]
  eager: boolean
}

/** What a gate over one setup can see and what it takes. */
export interface SetupForecast extends PlanForecast {
  setup: string
  /** Whether anything was accepted for it. */
  accepted: boolean
  /** Baseline trials of the tasks that can be compared. */
  baseline: { graded: number; errored: number }
  /** What they came to, by task. */
  stored: Record<string, { passed: number; graded: number }>
  /** In the baseline under the same id, but another task by now: not compared. */
  changed: string[]
}

/** What a gate of a suite can see and what it takes, before any money is spent. */
export interface SuiteForecast {
  suite: string
  tasks: number
  /** Trials of each task. */
  trials: number
  /** Percentage points. */
  margin: number
  /** Why the gate cannot stop early, in half sentences. Empty where it can, or where there is no baseline. */
  obstacles: string[]
  /** Variance of one trial that is taken where nothing is known. */
  usualVariance: number
  setups: SetupForecast[]
}

/**
 * One forecast for each setup that is planned: by what was accepted for it, else by what is usual. Drops to nothing, half of the
 * margin, the margin and twice the margin are told, besides those that were asked for.
 */
export function forecastSuite(
  suite: Suite,
  specs: readonly TrialSpec[],
  baseline: Baseline | null,
  { margin, drops, eager }: SuiteForecastOptions,
): SuiteForecast {
  const trials = Math.max(...specs.map(({ index }) => index)) + 1
  const setups = [...new Set(specs.map(({ setup }) => setup))]
  const planned = new Set(specs.map(({ task }) => task))
  const tasks = suite.tasks.filter(({ id }) => planned.has(id))
  const gated = setups.filter(setup => baseline && Object.hasOwn(baseline.setups, setup)).length
  const wanted = [margin / 2, margin, 2 * margin, ...drops].filter(drop => drop <= 100)
  const points = [...new Set(wanted)].toSorted((a, b) => a - b)
  return {
    suite: suite.name,
    tasks: tasks.length,
    trials,
    margin,
    obstacles: baseline ? adaptiveObstacles(suite, specs, baseline) : [],
    usualVariance,
    setups: setups.map(setup => {
      const alike = alikeTasks(baseline, setup, tasks)
      return {
        setup,
        accepted: baseline !== null && Object.hasOwn(baseline.setups, setup),
        baseline: trialsOf(Object.values(alike)),
        stored: Object.fromEntries(
          Object.entries(alike).map(([id, { passed, graded }]) => [id, { passed, graded }]),
        ),
        changed: changedTasks(baseline, setup, tasks),
        ...forecastPlan({
          tasks: tasks.map(({ id }) => id),
          base: Object.keys(alike).length > 0 ? alike : null,
          // The first run becomes the baseline, and the gate runs as many.
          baseTrials: trials,
          drops: points.map(drop => drop / 100),
          options: {
            ...adaptiveDefaults,
            // Several setups share the chance of a false alarm, as in the gate itself.
            alpha: adaptiveDefaults.alpha / Math.max(1, gated),
            margin,
            rounds: trials,
            spending: eager ? 'eager' : 'steady',
          },
        }),
      }
    }),
  }
}

function trialsOf(tasks: readonly BaselineTask[]): { graded: number; errored: number } {
  return { graded: sum(tasks.map(({ graded }) => graded)), errored: sum(tasks.map(({ errored }) => errored)) }
}

function storedTask(baseline: Baseline | null, setup: string, task: string): BaselineTask | undefined {
  const accepted =
    baseline && Object.hasOwn(baseline.setups, setup) ? baseline.setups[setup]?.tasks : undefined
  return accepted && Object.hasOwn(accepted, task) ? accepted[task] : undefined
}

/** What is stored of tasks that are still the same. */
function alikeTasks(
  baseline: Baseline | null,
  setup: string,
  tasks: readonly Task[],
): Record<string, BaselineTask> {
  return Object.fromEntries(
    tasks.flatMap(({ id, fingerprint }): [string, BaselineTask][] => {
      const task = storedTask(baseline, setup, id)
      return task?.fingerprint === fingerprint && task.graded > 0 ? [[id, task]] : []
    }),
  )
}

function changedTasks(baseline: Baseline | null, setup: string, tasks: readonly Task[]): string[] {
  return tasks
    .filter(({ id, fingerprint }) => {
      const task = storedTask(baseline, setup, id)
      return task !== undefined && task.fingerprint !== fingerprint
    })
    .map(({ id }) => id)
    .toSorted()
}
