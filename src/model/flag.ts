import { z } from 'zod'

/** Where a sign was seen: a line of the patch, or something that the agent ran. Outside text, cut to a line. */
export const FlagEvidence = z.union([
  z.strictObject({
    /** Path in the workspace. */
    file: z.string(),
    /** From 1, in the file as the agent left it; null where it is about the file as a whole. */
    line: z.number().int().positive().nullable(),
    text: z.string(),
  }),
  z.strictObject({ command: z.string() }),
])
export type FlagEvidence = z.infer<typeof FlagEvidence>

/** One kind of thing that was seen in the work of an agent, with where it was seen. */
export const Flag = z.strictObject({
  /** Name of the rule: `replaced-assertions`. */
  kind: z.string(),
  /** What it means, in a sentence for a reader who has not seen the patch. */
  explanation: z.string(),
  evidence: z.array(FlagEvidence).min(1),
})
export type Flag = z.infer<typeof Flag>

export const Flags = {
  /** Signs of tampering with the judgement: with one of them a trial does not pass. */
  flags: z.array(Flag).default([]),
  /** What a reader may want to know; it changes nothing. */
  notices: z.array(Flag).default([]),
}
