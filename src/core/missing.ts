import type { Trial } from '../model/trial.ts'
import { parseTrialId, type TrialKey } from './trial-id.ts'

/** Planned trials that have no result at all, neither graded nor errored. */
export function missingTrials(plan: readonly string[], trials: readonly Trial[]): TrialKey[] {
  const present = new Set(trials.map(({ id }) => id))
  return plan.filter(id => !present.has(id)).map(parseTrialId)
}
