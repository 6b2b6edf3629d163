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
  /** Left out where they were not recorded: in baselines of earlier versions. */
  turns: z.array(z.number()).optional(),
  /** In [0,1]. */
  scores: z.array(z.number()).optional(),
})
export type BaselineTask = z.infer<typeof BaselineTask>

/** Who accepted which run when, and why. */
export const Acceptance = z.strictObject({
  at: z.string(),
  by: z.string().nullable(),
  reason: z.string(),
  run: z.string(),
  /** SHA-256 of that run's trials.jsonl. */
  runDigest: z.string(),
  /** SHA-256 of the accepted values that this one replaced or grew out of; null for the first. */
  previous: z.string().nullable(),
})
export type Acceptance = z.infer<typeof Acceptance>

/** Under what a side was measured: what is not the same is not held against each other by a gate. */
export const Conditions = z.strictObject({
  isolation: z.string(),
  /** Of the limits that the suite asks for, those that could not be enforced: `memory`, `cpus`, `processes`. */
  unenforced: z.array(z.string()),
})
export type Conditions = z.infer<typeof Conditions>

const Accepted = {
  fingerprint: z.string(),
  accepted: Acceptance,
  tasks: z.record(z.string(), BaselineTask),
}

export const BaselineSetup = z.strictObject({
  ...Accepted,
  /** Digests of all runs whose trials are in it, oldest first. Empty in baselines of one run. */
  pooled: z.array(z.string()).default([]),
  /** Null where it is not known: in baselines of earlier versions. */
  conditions: Conditions.nullable().default(null),
  /** What was accepted first and stays, so that small drops cannot add up unseen; null while that is this itself. */
  anchor: z.strictObject(Accepted).nullable().default(null),
})
export type BaselineSetup = z.infer<typeof BaselineSetup>

/** The file in git that a gate compares with, one line a task so that a change reads well in review. */
export const Baseline = z.strictObject({
  schemaVersion: z.literal(baselineSchemaVersion),
  suite: z.string(),
  setups: z.record(z.string(), BaselineSetup),
})
export type Baseline = z.infer<typeof Baseline>
