import type { SideTask } from '../model/report.ts'
import { forecast, type AdaptiveForecast } from './adaptive/forecast.ts'
import type { AdaptiveOptions } from './adaptive/options.ts'
import { adaptivePlan } from './adaptive/plan.ts'
import { knownTasks, powerOf, smallestDrop, trialsForDrop, unknownTasks, type TrialsNeeded } from './power.ts'
import { baseTrialsToName, canBeNamed } from './stats/confirm.ts'
import { flakyTasks, type FlakyTask } from './stats/flaky.ts'
import { mean } from './stats/pair.ts'

/** What is known before a gate is run; no money has been spent. */
export interface PlanQuestion {
  /** Tasks of the suite, and what is stored of them; null for a suite without a baseline. */
  tasks: readonly string[]
  base: Readonly<
    Record<string, Pick<SideTask, 'passed' | 'graded' | 'errored' | 'costUsd' | 'durationMs'>>
  > | null
  /** Where there is no baseline: the trials that it is to have. */
  baseTrials: number
  /** Drops to be told of, in [0,1]. */
  drops: readonly number[]
  options: AdaptiveOptions
}

/** What a plan can see and what it takes, by the data of the baseline. Rates and drops in [0,1]. */
export interface PlanForecast {
  /** The fixed plan: all rounds, one comparison. */
  fixed: {
    trials: number
    /** The smallest drop that is found four times out of five; null if there is none. */
    smallestDrop: number | null
    drops: { drop: number; power: number; needed: TrialsNeeded | null }[]
    costUsd: number | null
    /** Of the agents alone, one after the other. */
    hours: number | null
  }
  /** The adaptive gate, for no drop and for each of those asked for; null without a baseline. */
  adaptive: { smallestDrop: number | null; ends: (AdaptiveForecast & { hours: number | null })[] } | null
  /** Baseline trials with which one broken task can be named, if it always passed before. */
  baseTrialsToName: number
  tasks: {
    /** Never passed, in at least one trial. After ten trials a gate does not run them any more. */
    alwaysFail: string[]
    skipped: string[]
    /** Always passed: a drop will show, an improvement cannot. */
    alwaysPass: string[]
    flaky: FlakyTask[]
    /** Even if it failed every time it could not be named: too few passes are stored. */
    cannotBeNamed: string[]
    /** Nothing is stored: not compared. */
    unknown: string[]
  }
}

/**
 * What this plan can see, what it will cost, and which tasks cannot tell anything. Without a baseline the tasks are taken to be as
 * noisy as usual, and costs are unknown. Throws UserError for options that cannot be.
 */
export function forecastPlan(question: PlanQuestion): PlanForecast {
  const { options, drops } = question
  const stored = storedTasks(question)
  const counts = stored.map(({ facts }) => facts)
  const tasks =
    stored.length > 0 ? knownTasks(counts) : unknownTasks(question.tasks.length, question.baseTrials)
  const trials = options.rounds * tasks.length
  const plan =
    stored.length > 0
      ? adaptivePlan(Object.fromEntries(stored.map(({ task, facts }) => [task, facts])), options)
      : null
  const perTrial = {
    costUsd: meanOfAll(counts.map(({ costUsd }) => costUsd)),
    hours: inHours(meanOfAll(counts.map(({ durationMs }) => durationMs))),
  }
  const times = (value: number | null, by: number): number | null => (value === null ? null : value * by)
  return {
    fixed: {
      trials,
      smallestDrop: smallestDrop(tasks, drop => powerOf(tasks, options.rounds, drop)),
      drops: drops.map(drop => ({
        drop,
        power: powerOf(tasks, options.rounds, drop),
        needed: trialsForDrop(tasks, drop),
      })),
      costUsd: times(perTrial.costUsd, trials),
      hours: times(perTrial.hours, trials),
    },
    adaptive: plan && {
      smallestDrop: smallestDrop(tasks, drop => forecast(plan, drop).regressed),
      ends: [0, ...drops].map(drop => {
        const end = forecast(plan, drop)
        return { ...end, hours: times(perTrial.hours, end.trials) }
      }),
    },
    baseTrialsToName: baseTrialsToName(tasks.length, options.confirmTrials),
    tasks: tellingOf(question, stored, plan?.skipped ?? []),
  }
}

interface Stored {
  task: string
  facts: Pick<SideTask, 'passed' | 'graded' | 'errored' | 'costUsd' | 'durationMs'>
}

function storedTasks({ tasks, base }: PlanQuestion): Stored[] {
  return tasks.toSorted().flatMap(task => {
    const facts = base && Object.hasOwn(base, task) ? base[task] : undefined
    return facts && facts.graded > 0 ? [{ task, facts }] : []
  })
}

/** Of a suite whose tasks all count alike: the mean over tasks of the mean; null where a task's is unknown, or without tasks. */
function meanOfAll(values: readonly (readonly number[])[]): number | null {
  if (values.length === 0 || values.some(({ length }) => length === 0)) return null
  return mean(values.map(ofTask => mean(ofTask.toSorted((a, b) => a - b))))
}

function inHours(ms: number | null): number | null {
  return ms === null ? null : ms / 3_600_000
}

function tellingOf(
  { tasks, options }: PlanQuestion,
  stored: readonly Stored[],
  skipped: readonly string[],
): PlanForecast['tasks'] {
  const namesOf = (holds: (facts: Stored['facts']) => boolean): string[] =>
    stored.filter(({ facts }) => holds(facts)).map(({ task }) => task)
  const known = new Set(stored.map(({ task }) => task))
  const none = { passed: 0, graded: 0 }
  return {
    alwaysFail: namesOf(({ passed }) => passed === 0),
    skipped: [...skipped],
    alwaysPass: namesOf(({ passed, graded }) => passed === graded),
    flaky: flakyTasks(
      stored.map(({ task, facts }) => ({ task, passed: facts.passed, graded: facts.graded })),
    ),
    cannotBeNamed: namesOf(
      ({ passed, graded }) =>
        passed > 0 &&
        !canBeNamed({ base: { passed, graded }, candidate: none }, options.confirmTrials, known.size, 0),
    ),
    unknown: tasks.filter(task => !known.has(task)).toSorted(),
  }
}
