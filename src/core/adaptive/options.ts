import { UserError } from '../../errors.ts'

/** How an adaptive gate looks at its trials. All that decides when it stops is fixed before the first trial. */
export interface AdaptiveOptions {
  /** The largest drop that is still acceptable, in percentage points. */
  margin: number
  /** Trials of each task, were the gate never to stop early: the fixed plan that it is held against. */
  rounds: number
  /** Chance to call the suite's mean regressed though nothing changed; naming broken tasks may add 1 %. */
  alpha: number
  /** Chance to say "no drop beyond the margin" of a drop as large as the margin. */
  beta: number
  /** `steady`: Kim-DeMets with rho 1.5. `eager`: near to Pocock's bounds, stops earlier and sees a little less. */
  spending: 'steady' | 'eager'
  /** `even`: as many trials of each task. `thrifty`: more where they tell more for the money, for the same precision. */
  allocation: 'even' | 'thrifty'
  /** Total trials of a task that is suspected to be broken. */
  confirmTrials: number
  /** How often a trial is started again that errored for reasons of our own, before it is left out. */
  retries: number
  /** Trials of the baseline's own setup, as a share of the candidate's, to see whether the day has changed; 0 for none. */
  canaryShare: number
  /** Nothing is started that would bring the cost beyond it; null for no limit. */
  budgetUsd: number | null
  /** What one trial can cost at most, where the suite limits it; null: as much as the dearest so far. */
  trialCostLimitUsd: number | null
  /** Decides the order of the trials within a round, and which tasks get canary trials first. */
  seed: number
}

/** What a gate does that was told nothing but its margin and its size. */
export const adaptiveDefaults: Omit<AdaptiveOptions, 'margin' | 'rounds'> = {
  alpha: 0.04,
  beta: 0.1,
  spending: 'steady',
  allocation: 'thrifty',
  confirmTrials: 10,
  retries: 2,
  canaryShare: 0,
  budgetUsd: null,
  trialCostLimitUsd: null,
  seed: 1,
}

/** Throws UserError for what no gate can keep. */
export function checkOptions(options: AdaptiveOptions): void {
  const refuse = (what: string): never => {
    throw new UserError(`adaptive gate: ${what}`)
  }
  const share = (value: number): boolean => value > 0 && value < 0.5
  const whole = (value: number): boolean => Number.isSafeInteger(value) && value >= 1
  if (!(options.margin > 0 && options.margin <= 100))
    refuse(`the margin must be above 0 and at most 100 percentage points, got ${options.margin}`)
  if (!whole(options.rounds) || options.rounds > 1000)
    refuse(`the trials of each task must be a whole number from 1 to 1000, got ${options.rounds}`)
  if (!share(options.alpha) || !share(options.beta))
    refuse(`alpha and beta must lie between 0 and 0.5, got ${options.alpha} and ${options.beta}`)
  if (!whole(options.confirmTrials) || options.confirmTrials > 1000)
    refuse(`the trials of a suspect must be a whole number from 1 to 1000, got ${options.confirmTrials}`)
  if (!Number.isSafeInteger(options.retries) || options.retries < 0)
    refuse(`retries must be a whole number from 0, got ${options.retries}`)
  if (!(options.canaryShare >= 0 && options.canaryShare <= 1))
    refuse(`the share of canary trials must lie between 0 and 1, got ${options.canaryShare}`)
  if (options.budgetUsd !== null && !(options.budgetUsd > 0))
    refuse(`the budget must be above 0 dollars, got ${options.budgetUsd}`)
}
