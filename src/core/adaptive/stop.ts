import type { Drift } from '../stats/drift.ts'
import { sum } from '../stats/pair.ts'
import { savingOf, spentOn, type Spent } from './budget.ts'
import type { Trouble } from './infrastructure.ts'
import type { LookResult } from './look.ts'
import type { AdaptivePlan } from './plan.ts'
import type { AdaptiveTrial } from './slots.ts'

/** The end of an adaptive gate. */
export interface AdaptiveStop {
  kind: 'stop'
  /** `inconclusive`: neither a drop nor its absence could be shown with all trials of the plan. */
  verdict: 'regressed' | 'improved' | 'no-drop' | 'inconclusive' | 'infrastructure' | 'budget'
  /** Tasks that are broken for sure (family-wise 1 %). Any makes the verdict `regressed`. */
  broken: string[]
  /** Tasks that were suspected and could not be confirmed. */
  cleared: string[]
  /** Why the trials cannot carry a verdict; empty unless it is `infrastructure`. */
  trouble: Trouble[]
  /** All looks, the last of which decided. */
  looks: LookResult[]
  /** Canary trials against the stored baseline; null where none were run. */
  drift: Drift | null
  /** Only trials of the same day were compared, because the day has changed. */
  concurrent: boolean
  trials: {
    candidate: number
    canary: number
    /** Starts that errored, of both. */
    errors: number
    /** Of the fixed plan, which never stops early. */
    planned: number
    /** Negative where confirming took more than early stopping saved. */
    saved: number
  }
  spent: Spent
  /** What the saved trials would have cost; null where no cost is known. */
  savedUsd: number | null
}

export function stopWith(
  plan: AdaptivePlan,
  trials: readonly AdaptiveTrial[],
  found: Pick<AdaptiveStop, 'verdict' | 'looks' | 'drift' | 'concurrent'> &
    Partial<Pick<AdaptiveStop, 'broken' | 'cleared' | 'trouble'>>,
): AdaptiveStop {
  const ran = (side: AdaptiveTrial['side']): number => trials.filter(trial => trial.side === side).length
  const saved = plan.fixedTrials - trials.length
  return {
    kind: 'stop',
    broken: [],
    cleared: [],
    trouble: [],
    ...found,
    trials: {
      candidate: ran('candidate'),
      canary: ran('canary'),
      errors: sum(trials.map(({ errors }) => errors)),
      planned: plan.fixedTrials,
      saved,
    },
    spent: spentOn(trials),
    savedUsd: savingOf(plan, trials, saved),
  }
}
