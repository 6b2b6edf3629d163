import { z } from 'zod'
import { ContextSight } from './model-call.ts'

const count = z.number().int().nonnegative()

/** A context file or skill over all attempts of a setup: in how many it ended in which state. */
export const ContextItem = ContextSight.pick({ kind: true, name: true, expected: true, from: true }).extend({
  arrived: count,
  partly: count,
  listed: count,
  missing: count,
  untellable: count,
})
export type ContextItem = z.infer<typeof ContextItem>

/**
 * Whether the context of a setup reached its model.
 * - `invalid`: some of its own did not: what was measured is not this setup
 * - `contaminated`: what only another setup has did
 * - `untold`: nobody saw, or there was nothing that can be told
 */
export const ContextProof = z.strictObject({
  verdict: z.enum(['proven', 'invalid', 'contaminated', 'untold']),
  /** Attempts of which a model call was answered and seen. */
  attempts: count,
  items: z.array(ContextItem),
  /** Why it is invalid or contaminated, in whole sentences. */
  reasons: z.array(z.string()),
  /** What else is worth knowing: a skill that was listed and never loaded. */
  notes: z.array(z.string()),
})
export type ContextProof = z.infer<typeof ContextProof>
