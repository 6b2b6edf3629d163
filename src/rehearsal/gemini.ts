import { z } from 'zod'
import { InputSchema } from './tools.ts'
import { bits, sse, type About, type Part, type Wire } from './wire.ts'

const Tools = z.looseObject({
  tools: z
    .array(
      z.looseObject({
        functionDeclarations: z
          .array(
            z.looseObject({
              name: z.string(),
              parameters: InputSchema.optional(),
              parametersJsonSchema: InputSchema.optional(),
            }),
          )
          .default([]),
      }),
    )
    .nullish(),
})

/** Gemini. Input tokens include the cached ones, and what is called candidates' tokens does not include reasoning. */
export const gemini: Wire = {
  api: 'gemini',
  read(path, body) {
    const match = /\/models\/([^/:]+):(generateContent|streamGenerateContent)$/.exec(path)
    if (!match) return null
    const tools = (Tools.parse(body).tools ?? [])
      .flatMap(group => group.functionDeclarations)
      .map(({ name, parameters, parametersJsonSchema }) => ({
        name,
        namespace: null,
        schema: lowerCase(parametersJsonSchema ?? parameters ?? InputSchema.parse({})),
      }))
    return { model: decodeURIComponent(match[1] ?? ''), stream: match[2] === 'streamGenerateContent', tools }
  },
  answer(parts, about) {
    const events = [
      ...parts.flatMap(piecesOf).map(piece => answerOf(about, [piece])),
      { ...answerOf(about, [{ text: '' }], 'STOP'), usageMetadata: usageOf(about) },
    ]
    return {
      whole: { ...answerOf(about, parts.map(wholeOf), 'STOP'), usageMetadata: usageOf(about) },
      events: events.map(event => sse(event)),
    }
  },
  error: (status, message) => ({ error: { code: status, message, status: statusName(status) } }),
  failing: (message, about) => [
    sse(answerOf(about, [{ text: 'Well' }])),
    // As a body of its own in the middle of the stream: that is what clients of it look for.
    JSON.stringify({ error: { code: 503, message, status: 'UNAVAILABLE' } }),
  ],
  told: ({ input, cacheRead, output, reasoning }) => ({
    inputTokens: input,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: null,
    outputTokens: output,
    reasoningTokens: reasoning,
  }),
}

/** Its own schemas say `STRING` where JSON Schema says `string`. */
function lowerCase(schema: z.infer<typeof InputSchema>): z.infer<typeof InputSchema> {
  const properties = Object.entries(schema.properties).map(([name, about]) => [
    name,
    { ...about, ...(typeof about.type === 'string' ? { type: about.type.toLowerCase() } : {}) },
  ])
  return { ...schema, properties: Object.fromEntries(properties) }
}

function statusName(status: number): string {
  const names: Record<number, string> = {
    400: 'INVALID_ARGUMENT',
    401: 'UNAUTHENTICATED',
    403: 'PERMISSION_DENIED',
    404: 'NOT_FOUND',
    429: 'RESOURCE_EXHAUSTED',
    503: 'UNAVAILABLE',
  }
  return names[status] ?? 'INTERNAL'
}

function answerOf({ model, number }: About, parts: readonly unknown[], finishReason?: string) {
  return {
    candidates: [{ index: 0, content: { role: 'model', parts }, ...(finishReason ? { finishReason } : {}) }],
    modelVersion: model,
    responseId: `resp-${number}`,
  }
}

function wholeOf(part: Part): unknown {
  if (part.type === 'think') return { text: part.text, thought: true }
  if (part.type === 'say') return { text: part.text }
  return { functionCall: { name: part.call.name, args: part.call.input } }
}

/** A stream gives texts bit by bit and a tool call whole. */
function piecesOf(part: Part): unknown[] {
  return part.type === 'call' ? [wholeOf(part)] : bits(part.text).map(text => wholeOf({ ...part, text }))
}

function usageOf({ counts: { input, cacheRead, output, reasoning } }: About): unknown {
  return {
    promptTokenCount: input + cacheRead,
    cachedContentTokenCount: cacheRead,
    candidatesTokenCount: output - reasoning,
    thoughtsTokenCount: reasoning,
    totalTokenCount: input + cacheRead + output,
  }
}
