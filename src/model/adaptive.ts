import { z } from 'zod'

/** How an adaptive gate looks at its trials: what `core/adaptive/options.ts` explains. Fixed before the first trial. */
export const AdaptiveSettings = z.strictObject({
  margin: z.number(),
  rounds: z.number().int().positive(),
  alpha: z.number(),
  beta: z.number(),
  spending: z.enum(['steady', 'eager']),
  allocation: z.enum(['even', 'thrifty']),
  confirmTrials: z.number().int().positive(),
  retries: z.number().int().nonnegative(),
  canaryShare: z.number(),
  budgetUsd: z.number().nullable(),
  trialCostLimitUsd: z.number().nullable(),
  seed: z.number(),
})
export type AdaptiveSettings = z.infer<typeof AdaptiveSettings>

/** Of a run that decided by its results what to run next. */
export const AdaptiveRun = z.strictObject({
  settings: AdaptiveSettings,
  /** Content hash of the baseline that it decides by: against another one its looks mean nothing. */
  baseline: z.string(),
  /** By setup under test, the one that runs the baseline's own setup today; empty where nothing tells what that was. */
  canaries: z.record(z.string(), z.string()),
})
export type AdaptiveRun = z.infer<typeof AdaptiveRun>

/** What an adaptive gate did for one setup. */
export const AdaptiveOutcome = z.strictObject({
  /** Null while it goes on. */
  verdict: z
    .enum(['regressed', 'improved', 'no-drop', 'inconclusive', 'infrastructure', 'budget'])
    .nullable(),
  round: z.number().int().nonnegative(),
  rounds: z.number().int().positive(),
  /** Candidate trials that were run, and those of the fixed plan. */
  trials: z.number().int().nonnegative(),
  planned: z.number().int().nonnegative(),
  /** Negative where confirming suspects took more than stopping early saved. */
  saved: z.number().int(),
  savedUsd: z.number().nullable(),
  spentUsd: z.number(),
  /** Trials whose cost is unknown. */
  unpriced: z.number().int().nonnegative(),
  /** Tasks that are broken for sure, and those that were suspected and cleared. */
  broken: z.array(z.string()),
  cleared: z.array(z.string()),
  /** Not run: they never passed before, so they cannot get worse. */
  skipped: z.array(z.string()),
  /** Whether baseline trials of today differ from the stored ones; null where none were run. */
  drifted: z.boolean().nullable(),
})
export type AdaptiveOutcome = z.infer<typeof AdaptiveOutcome>
