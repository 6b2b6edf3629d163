import { z } from 'zod'

/**
 * One thing in which the rules of a gate (all of a suite but what is under test) differ between the base commit and the
 * working tree. What is not approved is taken from the base.
 */
export const RuleChange = z.strictObject({
  /** What `--approve` takes: `task:ID`, `setup:NAME`, or the name of a rule: `trials`, `margin`, `baseline`, … */
  item: z.string(),
  /** From base to working tree. What is added weakens nothing: it is not run, and needs no approval. */
  change: z.enum(['changed', 'removed', 'added']),
  /** What differs, in half sentences. */
  details: z.array(z.string()),
  /** Content hash of both sides: another change of the same thing has another one. */
  fingerprint: z.string(),
  approved: z.boolean(),
})
export type RuleChange = z.infer<typeof RuleChange>

/** By whose rules a run was planned and judged. The working tree's commit stands in the run's provenance. */
export const Rules = z.strictObject({
  base: z.strictObject({
    /** As it was asked for: `origin/main`. */
    name: z.string(),
    /** Full id. */
    commit: z.string(),
  }),
  /** What the working tree brought that the gate is there to measure: `guided: context AGENTS.md`. */
  underTest: z.array(z.string()),
  changes: z.array(RuleChange),
})
export type Rules = z.infer<typeof Rules>
