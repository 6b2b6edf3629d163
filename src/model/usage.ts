import { z } from 'zod'

/** Tokens of one attempt, over all model calls. Unknown is null, never 0. */
export const Usage = z.strictObject({
  /** Input tokens that were not served from a cache. */
  inputTokens: z.number().nonnegative().nullable(),
  cacheReadTokens: z.number().nonnegative().nullable(),
  cacheWriteTokens: z.number().nonnegative().nullable(),
  /** Output tokens, reasoning included. */
  outputTokens: z.number().nonnegative().nullable(),
  /** The part of the output that was reasoning. */
  reasoningTokens: z.number().nonnegative().nullable(),
})
export type Usage = z.infer<typeof Usage>
