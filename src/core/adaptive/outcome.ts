import type { AdaptiveOutcome } from '../../model/adaptive.ts'
import type { NextStep } from './next-step.ts'
import type { AdaptivePlan } from './plan.ts'

/** What an adaptive gate did, for reports. */
export function outcomeOf(plan: AdaptivePlan, step: NextStep): AdaptiveOutcome {
  const rounds = plan.options.rounds
  const skipped = [...plan.skipped]
  if (step.kind === 'run') {
    return {
      verdict: null,
      round: step.round,
      rounds,
      trials: 0,
      planned: plan.fixedTrials,
      saved: 0,
      savedUsd: null,
      spentUsd: 0,
      unpriced: 0,
      broken: [],
      cleared: [],
      skipped,
      drifted: null,
    }
  }
  return {
    verdict: step.verdict,
    round: step.looks.at(-1)?.round ?? 0,
    rounds,
    trials: step.trials.candidate,
    planned: step.trials.planned,
    saved: step.trials.saved,
    savedUsd: step.savedUsd,
    spentUsd: step.spent.costUsd,
    unpriced: step.spent.unknown,
    broken: step.broken,
    cleared: step.cleared,
    skipped,
    drifted: step.drift?.drifted ?? null,
  }
}
