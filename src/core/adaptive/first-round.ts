import { dollars } from '../words.ts'
import { mostUsd } from './budget.ts'
import { nextStep } from './next-step.ts'
import type { AdaptivePlan } from './plan.ts'

/** Why a gate's budget does not even allow its first round, in a whole sentence; null if it does. */
export function tooSmallBudget(plans: Iterable<AdaptivePlan>): string | null {
  for (const plan of plans) {
    const { budgetUsd } = plan.options
    const step = nextStep(plan, [])
    if (budgetUsd === null || step.kind === 'run' || step.verdict !== 'budget') continue
    const first = nextStep({ ...plan, options: { ...plan.options, budgetUsd: null } }, [])
    const trials = first.kind === 'run' ? first.trials : []
    const most = mostUsd(plan, [], trials)
    return most === null
      ? `a budget of ${dollars(budgetUsd)} cannot be kept, as nothing tells what a trial costs: set limits.maxCostUsd in the suite`
      : `a budget of ${dollars(budgetUsd)} does not even allow the first round of this gate: its ${trials.length} trials may cost up to ${dollars(most)}. Allow more, or name fewer tasks`
  }
  return null
}
