import { z } from 'zod'

export const baselineSchemaVersion = 1

/** What was accepted of one setup at one task: counts for the pass rate, values for what varies continuously. */
export const BaselineTask = z.strictObject({
  fingerprint: z.string(),
  passed: z.number().int().nonnegative(),
  graded: z.number().int().nonnegative(),
  errored: z.number().int().nonnegative(),
  meanScore: z.number().nullable(),
  /** One value for each graded trial in which it is known. */
  costUsd: z.array(z.number()),
  tokens: z.array(z.number()),
  durationMs: z.array(z.number()),
})
export type BaselineTask = z.infer<typeof BaselineTask>

export const BaselineSetup = z.strictObject({
  fingerprint: z.string(),
  accepted: z.strictObject({
    at: z.string(),
    by: z.string().nullable(),
    reason: z.string(),
    run: z.string(),
    /** SHA-256 of that run's trials.jsonl. */
    runDigest: z.string(),
    /** SHA-256 of the accepted values that this one replaced; null for the first. */
    previous: z.string().nullable(),
  }),
  tasks: z.record(z.string(), BaselineTask),
})
export type BaselineSetup = z.infer<typeof BaselineSetup>

/** The file in git that a gate compares with, one line a task so that a change reads well in review. */
export const Baseline = z.strictObject({
  schemaVersion: z.literal(baselineSchemaVersion),
  suite: z.string(),
  setups: z.record(z.string(), BaselineSetup),
})
export type Baseline = z.infer<typeof Baseline>
