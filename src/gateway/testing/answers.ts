import type { ModelApi } from '../../model/service.ts'
import { events } from './service.ts'

/** How each API asks, and answers in a stream with the same numbers: input 1234 (1000 cached), output 56 (7 reasoning). */
export interface Sample {
  path: string
  body: Record<string, unknown>
  stream: string
  /** The same answer in one piece. */
  whole: unknown
}

export const words = 'Grüße, 世界 🚀 — done'

const chatUsage = {
  prompt_tokens: 1234,
  completion_tokens: 56,
  total_tokens: 1290,
  prompt_tokens_details: { cached_tokens: 1000 },
  completion_tokens_details: { reasoning_tokens: 7 },
}
const responsesUsage = {
  input_tokens: 1234,
  input_tokens_details: { cached_tokens: 1000 },
  output_tokens: 56,
  output_tokens_details: { reasoning_tokens: 7 },
  total_tokens: 1290,
}
const anthropicUsage = {
  input_tokens: 134,
  cache_read_input_tokens: 1000,
  cache_creation_input_tokens: 100,
  cache_creation: { ephemeral_5m_input_tokens: 60, ephemeral_1h_input_tokens: 40 },
}
const geminiUsage = {
  promptTokenCount: 1234,
  cachedContentTokenCount: 1000,
  candidatesTokenCount: 49,
  thoughtsTokenCount: 7,
  totalTokenCount: 1290,
}

export const samples: Record<ModelApi, Sample> = {
  'openai-chat': {
    path: '/chat/completions',
    body: {
      model: 'gpt-5',
      stream: true,
      stream_options: { include_usage: true },
      tools: [{ type: 'function', function: { name: 'write' } }],
    },
    stream: events(
      { model: 'gpt-5-2025-08-07', choices: [{ delta: { role: 'assistant', content: '' } }], usage: null },
      { model: 'gpt-5-2025-08-07', choices: [{ delta: { content: words } }] },
      { model: 'gpt-5-2025-08-07', choices: [{ delta: {}, finish_reason: 'stop' }] },
      { model: 'gpt-5-2025-08-07', choices: [], usage: chatUsage },
      '[DONE]',
    ),
    whole: { model: 'gpt-5-2025-08-07', choices: [{ message: { content: words } }], usage: chatUsage },
  },
  'openai-responses': {
    path: '/responses',
    body: { model: 'gpt-5', stream: true, tools: [{ type: 'function', name: 'write' }] },
    stream: events(
      { type: 'response.created', response: { model: 'gpt-5-2025-08-07', usage: null, error: null } },
      { type: 'response.output_text.delta', delta: words },
      {
        type: 'response.completed',
        response: { model: 'gpt-5-2025-08-07', error: null, output: [], usage: responsesUsage },
      },
    ),
    whole: { object: 'response', model: 'gpt-5-2025-08-07', output: [], usage: responsesUsage },
  },
  anthropic: {
    path: '/v1/messages?beta=true',
    body: { model: 'claude-sonnet-4-5', stream: true, tools: [{ name: 'write' }] },
    stream: events(
      {
        type: 'message_start',
        message: { model: 'claude-sonnet-4-5-20250929', usage: { ...anthropicUsage, output_tokens: 1 } },
      },
      { type: 'content_block_delta', delta: { type: 'text_delta', text: words } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 56 } },
      { type: 'message_stop' },
    ),
    whole: {
      type: 'message',
      model: 'claude-sonnet-4-5-20250929',
      content: [{ type: 'text', text: words }],
      usage: { ...anthropicUsage, output_tokens: 56 },
    },
  },
  gemini: {
    path: '/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse',
    body: { tools: [{ functionDeclarations: [{ name: 'write' }] }] },
    stream: events(
      { modelVersion: 'gemini-2.5-pro', candidates: [{ content: { parts: [{ text: words }] } }] },
      { modelVersion: 'gemini-2.5-pro', candidates: [{ finishReason: 'STOP' }], usageMetadata: geminiUsage },
    ),
    whole: { modelVersion: 'gemini-2.5-pro', candidates: [], usageMetadata: geminiUsage },
  },
}
