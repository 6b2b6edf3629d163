import { z } from 'zod'
import { Flags } from './flag.ts'
import { Metered } from './model-call.ts'
import { Usage } from './usage.ts'

export const TrialSpec = z.strictObject({
  /** `task/setup/index` */
  id: z.string(),
  task: z.string(),
  setup: z.string(),
  /** From 0. */
  index: z.number().int().nonnegative(),
  /** Derived from the id: the same plan gives the same seeds. */
  seed: z.number().int().nonnegative(),
})
export type TrialSpec = z.infer<typeof TrialSpec>

/** One step of a transcript, in order. `atMs` counts from the start of the attempt; null where the agent gives no time. */
const At = { atMs: z.number().nonnegative().nullable() }
export const TranscriptEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('message'),
    role: z.enum(['user', 'assistant', 'system']),
    text: z.string(),
    ...At,
  }),
  z.strictObject({ type: z.literal('reasoning'), text: z.string(), ...At }),
  z.strictObject({
    type: z.literal('tool_call'),
    id: z.string(),
    tool: z.string(),
    input: z.unknown(),
    ...At,
  }),
  z.strictObject({
    type: z.literal('tool_result'),
    id: z.string(),
    output: z.string(),
    isError: z.boolean().nullable(),
    ...At,
  }),
  z.strictObject({ type: z.literal('error'), message: z.string(), ...At }),
])
export type TranscriptEvent = z.infer<typeof TranscriptEvent>

/**
 * How the agent ended. The first four are graded, and a crash never passes. `model-error` and `refused` are not the agent's
 * doing: its model's service failed, or refused the key, the account or the model's name; the trial is errored.
 */
export const Stop = z.enum(['finished', 'timeout', 'limit', 'crash', 'model-error', 'refused'])
export type Stop = z.infer<typeof Stop>

export const Attempt = z.strictObject({
  stop: Stop,
  /** Why, where it did not just finish: the agent's own words if it had any. */
  message: z.string().nullable(),
  exitCode: z.number().int().nullable(),
  /** As the gateway counted; without one as the agent says. */
  usage: Usage.nullable(),
  costUsd: z.number().nonnegative().nullable(),
  /**
   * Who says so: `harness` (the agent's own number), `prices` (computed from usage), `replay` (what the recorded calls had
   * cost; nothing was spent now); null with an unknown cost.
   */
  costSource: z.enum(['harness', 'prices', 'replay']).nullable(),
  /** What the agent says of itself, beside what the gateway saw; null where it says nothing. */
  claimed: z
    .strictObject({ usage: Usage.nullable(), costUsd: z.number().nonnegative().nullable() })
    .nullable()
    .default(null),
  /** What the gateway saw; null where the agent did not go through it. */
  metered: Metered.nullable().default(null),
  /** Model calls, as the agent counts them; without its word as the gateway does. */
  turns: z.number().int().nonnegative().nullable(),
  toolCalls: z.number().int().nonnegative().nullable(),
  durationMs: z.number().nonnegative(),
  /** Of the agent's processes together; null where nothing tells: they are counted where a limit was asked for. */
  peakMemoryBytes: z.number().nonnegative().nullable().default(null),
  cpuMs: z.number().nonnegative().nullable().default(null),
  agentVersion: z.string().nullable(),
  /** SHA-256 of the agent's program; null where it is not a file that we can read. */
  agentSha256: z.string().nullable().default(null),
  requestedModel: z.string().nullable().default(null),
  /** The model that answered, as its service says; without a gateway as the agent reports it. */
  observedModel: z.string().nullable(),
})
export type Attempt = z.infer<typeof Attempt>

/** What the agent changed. The patch itself is stored beside the trial. */
export const Outcome = z.strictObject({
  patchSha256: z.string(),
  patchBytes: z.number().int().nonnegative(),
  changedFiles: z.array(z.string()),
  /** Text lines; binary files count as 0. */
  linesAdded: z.number().int().nonnegative(),
  linesRemoved: z.number().int().nonnegative(),
})
export type Outcome = z.infer<typeof Outcome>

const GradeKey = {
  /** Name of the grader within its task, and its type. */
  grader: z.string(),
  type: z.string(),
  weight: z.number().positive(),
  required: z.boolean(),
}
export const Grade = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('scored'),
    ...GradeKey,
    /** In [0,1]. */
    score: z.number().min(0).max(1),
    pass: z.boolean(),
    explanation: z.string(),
    /** Evidence of this grader's own shape: the tests that ran, the checks that failed, the judge's words. */
    details: z.unknown().nullable(),
  }),
  z.strictObject({ status: z.literal('unscored'), ...GradeKey, reason: z.string() }),
])
export type Grade = z.infer<typeof Grade>

export const Phase = z.enum(['workspace', 'prepare', 'attempt', 'outcome', 'grade'])
export type Phase = z.infer<typeof Phase>

const TrialKey = {
  ...TrialSpec.shape,
  taskFingerprint: z.string(),
  setupFingerprint: z.string(),
  /** ISO 8601, a label only: durations are measured on a monotonic clock. */
  startedAt: z.string(),
  /** The whole trial: workspace, agent and grading. */
  durationMs: z.number().nonnegative(),
  /** How often it was started again after a passing infrastructure fault. */
  retries: z.number().int().nonnegative(),
  /** How often the run started it, this time included: again after it errored. */
  starts: z.number().int().positive().default(1),
  /** What its earlier starts cost; null where that is unknown. */
  spentBeforeUsd: z.number().nonnegative().nullable().default(0),
  /** What its reader must know besides, in whole sentences: what the agent asked the network for and did not get. */
  remarks: z.array(z.string()).default([]),
}

export const GradedTrial = z.strictObject({
  status: z.literal('graded'),
  ...TrialKey,
  attempt: Attempt,
  outcome: Outcome,
  grades: z.array(Grade),
  ...Flags,
  /** Weighted mean of the scored grades, in [0,1]; 0 where the trial is flagged. */
  score: z.number().min(0).max(1),
  pass: z.boolean(),
})
export type GradedTrial = z.infer<typeof GradedTrial>

/** We failed, not the agent: outside every rate. What was already paid for (attempt, outcome) is kept. */
export const ErroredTrial = z.strictObject({
  status: z.literal('errored'),
  ...TrialKey,
  phase: Phase,
  message: z.string(),
  attempt: Attempt.nullable(),
  outcome: Outcome.nullable(),
  grades: z.array(Grade),
  ...Flags,
})
export type ErroredTrial = z.infer<typeof ErroredTrial>

/** One line of `trials.jsonl`. */
export const Trial = z.discriminatedUnion('status', [GradedTrial, ErroredTrial])
export type Trial = z.infer<typeof Trial>
