import { z } from 'zod'
import { InfraError } from '../errors.ts'
import { shorten, visible } from '../util/visible.ts'

export const judgeApis = ['openai', 'anthropic'] as const
export type JudgeApi = (typeof judgeApis)[number]

/** Where a model is asked, and how long. */
export interface JudgeModel {
  api: JudgeApi
  baseUrl: string
  model: string
  /** Sent with each call; null = none. */
  key: string | null
  /** Name of the variable that the key comes from, for messages. */
  keyName: string | null
  maxTokens: number
  timeoutMs: number
}

export interface JudgeReply {
  text: string
  /** The model that answered, as the service says. */
  model: string | null
  inputTokens: number | null
  outputTokens: number | null
  /** The answer was cut off at the limit of tokens. */
  cutOff: boolean
}

/** How one kind of service is spoken to. */
export interface Protocol {
  url(baseUrl: string): string
  keyHeader(key: string): Record<string, string>
  body(model: JudgeModel, prompt: { system: string; user: string }): unknown
  /** Throws InfraError for an answer of an unknown shape. */
  read(body: unknown): JudgeReply
}

const tokens = z.number().nonnegative().nullish()
const ChatCompletion = z.object({
  model: z.string().nullish(),
  choices: z
    .array(
      z.object({ message: z.object({ content: z.string().nullish() }), finish_reason: z.string().nullish() }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: tokens, completion_tokens: tokens }).nullish(),
})
const AnthropicMessage = z.object({
  model: z.string().nullish(),
  content: z.array(z.object({ type: z.string(), text: z.string().optional() })),
  stop_reason: z.string().nullish(),
  usage: z
    .object({
      input_tokens: tokens,
      cache_read_input_tokens: tokens,
      cache_creation_input_tokens: tokens,
      output_tokens: tokens,
    })
    .nullish(),
})

export const protocols: Record<JudgeApi, Protocol> = {
  openai: {
    url: baseUrl => `${baseUrl.replace(/\/+$/, '')}/chat/completions`,
    keyHeader: key => ({ authorization: `Bearer ${key}` }),
    body: ({ model, maxTokens, baseUrl }, { system, user }) => ({
      model,
      // OpenAI's own newer models refuse the name that all compatible servers know.
      [new URL(baseUrl).hostname === 'api.openai.com' ? 'max_completion_tokens' : 'max_tokens']: maxTokens,
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: user },
      ],
    }),
    read(body) {
      const { model, choices, usage } = parseReply(ChatCompletion, body)
      return {
        text: choices[0]?.message.content ?? '',
        model: model ?? null,
        inputTokens: usage?.prompt_tokens ?? null,
        outputTokens: usage?.completion_tokens ?? null,
        cutOff: choices[0]?.finish_reason === 'length',
      }
    },
  },
  anthropic: {
    url: baseUrl => `${baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1/messages`,
    keyHeader: key => ({ 'x-api-key': key }),
    body: ({ model, maxTokens }, { system, user }) => ({
      model,
      max_tokens: maxTokens,
      system,
      messages: [{ role: 'user', content: user }],
    }),
    read(body) {
      const { model, content, stop_reason: stop, usage } = parseReply(AnthropicMessage, body)
      const cached = (usage?.cache_read_input_tokens ?? 0) + (usage?.cache_creation_input_tokens ?? 0)
      return {
        text: content.map(block => (block.type === 'text' ? (block.text ?? '') : '')).join(''),
        model: model ?? null,
        inputTokens: usage?.input_tokens == null ? null : usage.input_tokens + cached,
        outputTokens: usage?.output_tokens ?? null,
        cutOff: stop === 'max_tokens',
      }
    },
  },
}

function parseReply<T>(schema: z.ZodType<T>, body: unknown): T {
  const reply = schema.safeParse(body)
  if (reply.success) return reply.data
  throw new InfraError(
    `the judge's service gave an answer of an unknown shape: ${visible(shorten(JSON.stringify(body), 200))}; check "api" and "baseUrl"`,
  )
}
