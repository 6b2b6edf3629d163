import type { AdaptiveRun } from '../model/adaptive.ts'
import type { Trial, TrialSpec } from '../model/trial.ts'
import { nextTrials, stepsOf, type AdaptivePlans } from './adaptive/gate.ts'

/** What to run next, asked for each time all of the batch before has ended; `trials` are the latest of each. */
export type Batches = (trials: () => Trial[]) => Iterable<readonly TrialSpec[]>

/** A plan made beforehand: whatever of it has no grade yet. */
export function planned(plan: readonly TrialSpec[]): Batches {
  return trials => {
    const graded = new Set(trials().flatMap(({ status, id }) => (status === 'graded' ? [id] : [])))
    return [plan.filter(({ id }) => !graded.has(id))]
  }
}

/**
 * A gate that decides by the results whether it needs more of them. `others` are trials that it has nothing to compare with:
 * they are run as well, all of them.
 */
export function adaptive(plans: AdaptivePlans, run: AdaptiveRun, others: readonly TrialSpec[]): Batches {
  return function* (trials) {
    const rest = [...planned(others)(trials)].flat()
    yield [...nextTrials(stepsOf(plans, trials(), run), run), ...rest]
    for (;;) {
      const batch = nextTrials(stepsOf(plans, trials(), run), run)
      if (batch.length === 0) return
      yield batch
    }
  }
}
