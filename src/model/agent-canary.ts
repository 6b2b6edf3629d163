import { z } from 'zod'

/** Whether the agent of a setup can work at all, tried before its trials: a word had to come back through its tools. */
export const AgentCanary = z.strictObject({
  ok: z.boolean(),
  /** What was seen, or why it does not work. */
  message: z.string(),
  agentVersion: z.string().nullable(),
  /** What it used; null where it is not known. */
  costUsd: z.number().nonnegative().nullable(),
  tokens: z.number().int().nonnegative().nullable(),
  /** Model calls, failed ones too. */
  calls: z.number().int().nonnegative().nullable(),
})
export type AgentCanary = z.infer<typeof AgentCanary>
