import { UserError } from '../../errors.ts'
import { allocate, isHopeless, trialDeviation, unseenPasses } from '../stats/allocation.ts'
import { mean, sum, type Counts } from '../stats/pair.ts'
import { kimDeMets, pocockLike, spendingBounds } from '../stats/spending.ts'
import { checkOptions, type AdaptiveOptions } from './options.ts'

/** What the gate needs to know of the baseline's trials of one task. A `SideTask` has all of it. */
export interface BaseTask extends Counts {
  errored: number
  /** One value for each trial of which it is known. */
  costUsd: readonly number[]
}

/** One task that the gate runs. */
export interface PlannedTask {
  task: string
  base: Counts
  /** Mean cost of a baseline trial; null where it is unknown. */
  costUsd: number | null
  /** The most that a baseline trial has cost; null where it is unknown. */
  dearestUsd: number | null
  /** Candidate trials, were the gate never to stop early. */
  trials: number
}

/** When one look is taken, and where it stops. */
export interface PlannedLook {
  /** Of the fixed plan's rounds; from 1. */
  round: number
  /** Information by then, in (0,1]. */
  fraction: number
  /** z value of "worse" (and of "better") from which the gate stops. */
  changedFrom: number
  /** z value of "better than the margin" from which the gate stops. */
  noDropFrom: number
}

/** All that is decided before the first trial, from the baseline and the options alone. */
export interface AdaptivePlan {
  options: AdaptiveOptions
  /** In the order of their ids. */
  tasks: readonly PlannedTask[]
  /** Never passed in many baseline trials: they cannot get worse, and are not run. They count as unchanged. */
  skipped: readonly string[]
  /** Passes that the skipped tasks would have had with one trial each: see `unseenPasses`. */
  unseenPasses: number
  /** Looks against the stored baseline. */
  looks: readonly PlannedLook[]
  /** Looks once only trials of the same day may be compared: as many canary as candidate trials. None without canary trials. */
  concurrentLooks: readonly PlannedLook[]
  /** Trials of the fixed plan: every task in every round. */
  fixedTrials: number
  /** Baseline trials that ended, and those that errored. */
  baseTrials: { graded: number; errored: number }
}

const rho = 1.5

/**
 * The plan of an adaptive gate against a stored baseline. The same whatever the order of the tasks. Throws UserError for options
 * that cannot be, and where the baseline has nothing graded.
 */
export function adaptivePlan(
  base: Readonly<Record<string, BaseTask>>,
  options: AdaptiveOptions,
): AdaptivePlan {
  checkOptions(options)
  const known = Object.entries(base)
    .filter(([, { graded }]) => graded > 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  if (known.length === 0)
    throw new UserError('adaptive gate: the baseline has nothing graded, so there is nothing to compare with')
  const run = known.filter(([, task]) => !isHopeless(task))
  const histories = run.map(([, { passed, graded, costUsd }]) => ({
    passed,
    graded,
    costUsd: meanOf(costUsd),
  }))
  const trials =
    options.allocation === 'even' ? run.map(() => options.rounds) : allocate(histories, options.rounds)
  const tasks = run.map(([task, { passed, graded, costUsd }], i) => ({
    task,
    base: { passed, graded },
    costUsd: meanOf(costUsd),
    dearestUsd: costUsd.length > 0 ? Math.max(...costUsd) : null,
    trials: trials[i] ?? options.rounds,
  }))
  return {
    options,
    tasks,
    skipped: known.filter(([, task]) => isHopeless(task)).map(([task]) => task),
    unseenPasses: unseenPasses(known.map(([, counts]) => counts)),
    looks: looksOf(tasks, options, ({ base: { graded } }) => graded),
    concurrentLooks:
      options.canaryShare > 0 ? looksOf(tasks, options, (task, round) => trialsBy(task, round, options)) : [],
    fixedTrials: known.length * options.rounds,
    baseTrials: {
      graded: sum(known.map(([, { graded }]) => graded)),
      errored: sum(Object.values(base).map(({ errored }) => errored)),
    },
  }
}

/** In rising order, so that the last bit does not depend on the order of the trials. */
function meanOf(values: readonly number[]): number | null {
  return values.length > 0 ? mean(values.toSorted((a, b) => a - b)) : null
}

/** Trials of a task that the look after this round needs. */
export function trialsBy(
  { trials }: Pick<PlannedTask, 'trials'>,
  round: number,
  { rounds }: Pick<AdaptiveOptions, 'rounds'>,
): number {
  return Math.max(1, Math.ceil((trials * round) / rounds))
}

/**
 * Looks with their bounds. The estimate after round r has the variance V(r) = Σ s·(1/b + 1/c), over tasks with b base and c
 * candidate trials and the variance s of one trial; as all are means of trials that only ever get more, Cov(r, later) = V(later),
 * so that the information fraction V(last)/V(r) has the canonical joint distribution also where counts are ragged (Jennison and
 * Turnbull 2000, chapter 11). For equal counts s cancels; else it is the baseline's. What infrastructure takes away later does
 * not move the bounds: it lowers the information of all looks alike.
 */
function looksOf(
  tasks: readonly PlannedTask[],
  options: AdaptiveOptions,
  baseTrials: (task: PlannedTask, round: number) => number,
): PlannedLook[] {
  const variance = (round: number): number =>
    sum(
      tasks.map(
        task =>
          trialDeviation(task.base) ** 2 * (1 / baseTrials(task, round) + 1 / trialsBy(task, round, options)),
      ),
    )
  const all = Array.from({ length: options.rounds }, (_, i) => i + 1)
  // Rounds that add no trial are no looks.
  const rounds = all.filter(round => round === 1 || variance(round) < variance(round - 1) * (1 - 1e-9))
  const last = variance(options.rounds)
  const fractions = rounds.map(round => (round === rounds.at(-1) ? 1 : last / variance(round)))
  const { alpha, beta, spending } = options
  const spend = (error: number): ReturnType<typeof kimDeMets> =>
    spending === 'eager' ? pocockLike(error) : kimDeMets(error, rho)
  const changed = spendingBounds(fractions, spend(alpha))
  const noDrop = spendingBounds(fractions, spend(beta))
  return rounds.map((round, i) => ({
    round,
    fraction: fractions[i] ?? 1,
    changedFrom: changed[i] ?? Infinity,
    noDropFrom: noDrop[i] ?? Infinity,
  }))
}
