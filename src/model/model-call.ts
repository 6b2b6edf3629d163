import { z } from 'zod'
import { ModelApi } from './service.ts'
import { Usage } from './usage.ts'

/** One request of an agent to its model's service, as the gateway saw it: a line of `model-calls.jsonl`. */
export const ModelCall = z.strictObject({
  /** From 1, in the order in which they began. */
  number: z.number().int().positive(),
  /** Null for a request that asks no model (a list of models, a count of tokens): it is passed on and not metered. */
  api: ModelApi.nullable(),
  method: z.string(),
  /** Below the URL of the service. */
  path: z.string(),
  model: z.string().nullable(),
  observedModel: z.string().nullable(),
  /** Calls that belong together: the model and whether tools were offered. Titles and memories have lanes of their own. */
  lane: z.string(),
  /** From the start of the attempt. */
  atMs: z.number().nonnegative(),
  /** Until the first byte of the answer reached the agent; null if none did. */
  firstByteMs: z.number().nonnegative().nullable(),
  durationMs: z.number().nonnegative(),
  /** `limit`: answered by the gateway itself. `dropped`: the connection broke, on either side. */
  end: z.enum(['answered', 'failed', 'limit', 'dropped']),
  /** HTTP status that the agent got; null if none. */
  status: z.number().int().nullable(),
  /** The service's words where it failed. */
  error: z.string().nullable(),
  /** Tries of the gateway before the one that was passed on. */
  retries: z.number().int().nonnegative(),
  usage: Usage.nullable(),
  /** Null where the price or the usage is unknown. */
  costUsd: z.number().nonnegative().nullable(),
  requestBytes: z.number().int().nonnegative(),
  responseBytes: z.number().int().nonnegative(),
})
export type ModelCall = z.infer<typeof ModelCall>

/** Whether a file of the setup reached the model, as seen in the requests. */
export const ContextSight = z.strictObject({
  kind: z.enum(['context', 'skill']),
  /** Path of a context file, name of a skill. */
  name: z.string(),
  /** False for what only another setup of the suite has: it must not arrive. */
  expected: z.boolean(),
  /** Where it is not expected: the setup that has it. */
  from: z.string().nullable().default(null),
  /**
   * `arrived`: the text, of a skill its body. `listed`: of a skill only name and description. `partly`: some of the text.
   * `untellable`: it has no text of its own to look for.
   */
  state: z.enum(['arrived', 'partly', 'listed', 'missing', 'untellable']),
  /** Number of the first call in which it stood as the state says; null where it did not. */
  call: z.number().int().positive().nullable(),
})
export type ContextSight = z.infer<typeof ContextSight>

/** All model calls of one attempt, summed up. */
export const Metered = z.strictObject({
  /** Answered calls to a model, those included that agents do not count (titles, memory, sub-agents). */
  calls: z.number().int().nonnegative(),
  failed: z.number().int().nonnegative(),
  /** Of the gateway, after 429 and 5xx. */
  retries: z.number().int().nonnegative(),
  usage: Usage.nullable(),
  costUsd: z.number().nonnegative().nullable(),
  /** Models without a known price: they make the cost unknown. */
  unpriced: z.array(z.string()),
  /** As the service said. */
  models: z.array(z.string()),
  /** Names of the tools that were offered to the model. */
  tools: z.array(z.string()),
  context: z.array(ContextSight),
  /** Answered calls that the agent itself does not count, and their cost; null where it counts as many, or does not say. */
  hidden: z
    .strictObject({ calls: z.number().int().positive(), costUsd: z.number().nonnegative().nullable() })
    .nullable()
    .default(null),
  /** Why the attempt was ended by the gateway; null if it was not. */
  limit: z.string().nullable(),
  /** Where the answers came from a recording. */
  replay: z
    .strictObject({
      mode: z.enum(['strict', 'loose']),
      /** The first call that was not as recorded. */
      diverged: z.strictObject({ call: z.number().int().positive(), why: z.string() }).nullable(),
      /** Recorded calls that were never asked for. */
      unused: z.number().int().nonnegative(),
    })
    .nullable(),
})
export type Metered = z.infer<typeof Metered>
