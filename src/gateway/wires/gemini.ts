import { z } from 'zod'
import { anything, count, part, parts, text, uncached } from './loose.ts'
import type { Wire } from './wire.ts'

const asking = /\/models\/([^/]+):(generateContent|streamGenerateContent)$/

const Tool = z.looseObject({
  functionDeclarations: parts(part({ name: text }))
    .nullish()
    .catch(null),
  function_declarations: parts(part({ name: text }))
    .nullish()
    .catch(null),
})
const Request = z.looseObject({ tools: parts(Tool).catch([]) })

const Answer = z.looseObject({
  candidates: parts(part({ finishReason: text }))
    .nullish()
    .catch(null),
  promptFeedback: anything,
  modelVersion: text,
  usageMetadata: part({
    promptTokenCount: count,
    toolUsePromptTokenCount: count,
    cachedContentTokenCount: count,
    candidatesTokenCount: count,
    thoughtsTokenCount: count,
  }),
  error: part({ message: text, status: text, code: count }),
})

/** Google's generateContent. */
export const gemini: Wire = {
  api: 'gemini',
  asks: path => asking.test(path),
  question(body, path) {
    const [, model = null, verb] = asking.exec(path) ?? []
    const { data } = Request.safeParse(body)
    return {
      model: model === null ? null : decoded(model),
      tools: (data?.tools ?? []).flatMap(tool =>
        (tool.functionDeclarations ?? tool.function_declarations ?? []).flatMap(({ name }) => name ?? []),
      ),
      streamed: verb === 'streamGenerateContent',
    }
  },
  read(told, value) {
    // A stream without events is one list of answers.
    for (const each of Array.isArray(value) ? value : [value]) {
      const { data } = Answer.safeParse(each)
      if (!data) continue
      told.model ??= data.modelVersion || null
      const { usageMetadata: usage, error, candidates } = data
      if (candidates || usage || error || data.promptFeedback) told.isKnown = true
      if (candidates?.some(({ finishReason }) => finishReason)) told.isWhole = true
      if (error) {
        const kind = error.status ?? String(error.code ?? '')
        told.error = { kind, message: error.message ?? (kind || 'an error without a word') }
      }
      if (typeof usage?.promptTokenCount !== 'number') continue
      // Counts that are 0 are left out.
      const cached = usage.cachedContentTokenCount ?? 0
      const thoughts = usage.thoughtsTokenCount ?? 0
      told.tokens = {
        inputTokens: uncached(usage.promptTokenCount + (usage.toolUsePromptTokenCount ?? 0), cached),
        cacheReadTokens: cached,
        cacheWriteTokens: 0,
        outputTokens: (usage.candidatesTokenCount ?? 0) + thoughts,
        reasoningTokens: thoughts,
        longCacheWriteTokens: null,
        webSearches: null,
      }
    }
  },
  refusal: message => ({ error: { code: 400, message, status: 'INVALID_ARGUMENT' } }),
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch (error) {
    if (error instanceof URIError) return name
    throw error
  }
}
