import type { Report } from '../model/report.ts'
import type { Attempt, Trial } from '../model/trial.ts'
import { formatCost } from './format.ts'

/**
 * What became of a trial, in one word:
 * - `failed`: the agent's work did not pass
 * - `crashed`: the agent itself broke; it counts as not passed
 * - `errored`: we could not measure it; it is outside of every rate
 */
export type TrialEnd = 'passed' | 'failed' | 'crashed' | 'errored'

/** What became of a trial. */
export function trialEnd(trial: Trial): TrialEnd {
  if (trial.status === 'errored') return 'errored'
  if (trial.pass) return 'passed'
  return trial.attempt.stop === 'crash' ? 'crashed' : 'failed'
}

/** Money over some attempts. `known` of `attempts` told their cost; costUsd is null if none did. */
export interface Spent {
  /** Some of it is what recorded calls had cost. */
  isReplayed: boolean
  costUsd: number | null
  known: number
  attempts: number
}

/** Counts of a report, always counted from its trials. */
export interface Totals extends Record<TrialEnd, number> {
  planned: number
  done: number
  graded: number
  /** Trials that were started again after a passing infrastructure fault. */
  retried: number
  spent: Spent
}

/** Counts what the trials of a report came to. */
export function totalsOf(report: Pick<Report, 'run' | 'trials'>): Totals {
  const { trials } = report
  const ends: Record<TrialEnd, number> = { passed: 0, failed: 0, crashed: 0, errored: 0 }
  for (const trial of trials) ends[trialEnd(trial)] += 1
  return {
    ...ends,
    planned: report.run.plan.length,
    done: trials.length,
    graded: trials.length - ends.errored,
    retried: trials.filter(trial => trial.retries > 0).length,
    spent: withEarlierStarts(spentOn(trials.map(trial => trial.attempt)), trials),
  }
}

/** Adds up what attempts cost, those of errored trials too: they were paid for. */
export function spentOn(attempts: readonly (Attempt | null)[]): Spent {
  const made = attempts.filter(attempt => attempt !== null)
  const costs = made.flatMap(attempt => attempt.costUsd ?? [])
  return {
    costUsd: costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0),
    isReplayed: made.some(attempt => attempt.costSource === 'replay'),
    known: costs.length,
    attempts: made.length,
  }
}

/** With what was paid for starts that came to nothing, before the run was resumed. */
function withEarlierStarts(spent: Spent, trials: readonly Trial[]): Spent {
  const paid = trials.filter(({ spentBeforeUsd }) => spentBeforeUsd !== 0)
  const costs = paid.flatMap(({ spentBeforeUsd }) => spentBeforeUsd ?? [])
  return {
    ...spent,
    costUsd: costs.reduce<number | null>((sum, cost) => (sum ?? 0) + cost, spent.costUsd),
    known: spent.known + costs.length,
    attempts: spent.attempts + paid.length,
  }
}

/** "$4.20", "at least $4.20 (cost known for 20 of 25 trials)", "cost unknown". */
export function formatSpent({ costUsd, known, attempts, isReplayed }: Spent): string {
  if (isReplayed)
    return `nothing on models: a replay${costUsd === null ? '' : `; recorded ${formatCost(costUsd)}`}`
  if (costUsd === null) return 'cost unknown'
  if (known === attempts) return formatCost(costUsd)
  return `at least ${formatCost(costUsd)} (cost known for ${known} of ${attempts} trials)`
}

/** The trials in the order of the plan, whatever the order in which they ended. */
export function inPlanOrder({ run, trials }: Pick<Report, 'run' | 'trials'>): Trial[] {
  const place = new Map(run.plan.map((id, index) => [id, index]))
  return trials.toSorted((a, b) => (place.get(a.id) ?? Infinity) - (place.get(b.id) ?? Infinity))
}
