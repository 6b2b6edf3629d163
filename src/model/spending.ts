import { z } from 'zod'

/**
 * A line of `spending.jsonl`: what a start of a trial has cost, call by call, written as soon as it was spent. A trial's own
 * line comes only at its end, which it need not come to.
 */
export const Spending = z.strictObject({
  trial: z.string(),
  /** Of this start. */
  startedAt: z.string(),
  calls: z.number().int().nonnegative(),
  /** Input (cached and not) plus output; null where that is unknown. */
  tokens: z.number().nonnegative().nullable(),
  costUsd: z.number().nonnegative().nullable(),
})
export type Spending = z.infer<typeof Spending>
