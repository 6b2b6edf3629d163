import { z } from 'zod'

/** The messages of the Agent Client Protocol, version 1, as far as they are of use here. Unknown keys are let through. */

const count = z.number().nonnegative()

export const Message = z.looseObject({
  id: z.union([z.number(), z.string()]).optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z
    .looseObject({ code: z.number().optional(), message: z.string(), data: z.unknown().optional() })
    .optional(),
})
export type Message = z.infer<typeof Message>

export const Usage = z.looseObject({
  inputTokens: count,
  outputTokens: count,
  totalTokens: count.nullish(),
  thoughtTokens: count.nullish(),
  cachedReadTokens: count.nullish(),
  cachedWriteTokens: count.nullish(),
})
export type Usage = z.infer<typeof Usage>

export const Initialized = z.looseObject({
  protocolVersion: z.number(),
  agentInfo: z.looseObject({ name: z.string().optional(), version: z.string().optional() }).nullish(),
})
export const NewSession = z.looseObject({ sessionId: z.string() })
export const PromptResult = z.looseObject({ stopReason: z.string(), usage: Usage.nullish() })

export const PermissionRequest = z.looseObject({
  toolCall: z.looseObject({ title: z.string().nullish(), kind: z.string().nullish() }).nullish(),
  options: z.array(z.looseObject({ optionId: z.string(), kind: z.string().nullish() })),
})

const Block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  content: z.looseObject({ text: z.string().optional() }).optional(),
  path: z.string().optional(),
  newText: z.string().nullish(),
})

export const Update = z.looseObject({
  update: z.looseObject({
    sessionUpdate: z.string(),
    /** Of a message, one block; of a tool call, several. */
    content: z.union([Block, z.array(Block)]).nullish(),
    toolCallId: z.string().optional(),
    title: z.string().nullish(),
    kind: z.string().nullish(),
    status: z.string().nullish(),
    rawInput: z.unknown().optional(),
    rawOutput: z.unknown().optional(),
    cost: z.looseObject({ amount: count, currency: z.string() }).nullish(),
    _meta: z.looseObject({ usage: Usage.nullish() }).nullish(),
  }),
})
export type Update = z.infer<typeof Update>['update']
