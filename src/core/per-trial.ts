import type { Difference, Known, PerTrial, Ratio, SideTask } from '../model/report.ts'
import type { TaskPair } from './paired-tasks.ts'
import { logRatio } from './stats/log-ratio.ts'
import { mean, sum } from './stats/pair.ts'
import { scoreDifference } from './stats/score-difference.ts'

/** What varies continuously from trial to trial, and must be above 0 to have a ratio. */
export type Measured = 'costUsd' | 'tokens' | 'durationMs' | 'turns'

/** By which factor it grew from base to candidate; null where too little is known. */
export function ratioOf(pairs: readonly TaskPair[], what: Measured): Ratio | null {
  return logRatio(
    pairs.map(({ base, candidate }) => ({ base: base[what] ?? [], candidate: candidate[what] ?? [] })),
  )
}

/** How much the mean score rose, over tasks of which both sides know scores. */
export function scoreOf(pairs: readonly TaskPair[]): Difference | null {
  return scoreDifference(
    knownOnBoth(pairs, 'scores').map(({ base, candidate }) => ({
      base: base.scores ?? [],
      candidate: candidate.scores ?? [],
    })),
  )
}

/** What a trial of each side takes, over tasks of which both sides know it: only like is held against like. */
export function perTrialOf(pairs: readonly TaskPair[]): { base: PerTrial; candidate: PerTrial } {
  const side = (which: 'base' | 'candidate'): PerTrial => {
    const known = (what: Measured | 'scores'): Known | null =>
      meanOf(knownOnBoth(pairs, what).map(pair => pair[which][what] ?? []))
    return {
      score: known('scores'),
      costUsd: known('costUsd'),
      tokens: known('tokens'),
      durationMs: known('durationMs'),
      turns: known('turns'),
    }
  }
  return { base: side('base'), candidate: side('candidate') }
}

function knownOnBoth(pairs: readonly TaskPair[], what: Measured | 'scores'): TaskPair[] {
  const knows = (task: SideTask): boolean => (task[what] ?? []).length > 0
  return pairs.filter(({ base, candidate }) => knows(base) && knows(candidate))
}

/** Each value in rising order first, so that the last bit does not depend on the order of the trials. */
function meanOf(tasks: readonly (readonly number[])[]): Known | null {
  if (tasks.length === 0) return null
  const means = tasks.map(values => mean(values.toSorted((a, b) => a - b)))
  return { value: mean(means), n: sum(tasks.map(({ length }) => length)) }
}
