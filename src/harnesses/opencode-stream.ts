import { z } from 'zod'
import { addUsage } from '../core/attempt.ts'
import { beginTurn, countTurn, type AgentReport } from './agent-report.ts'
import { byKind, reads, type EventReader } from './event-readers.ts'

const count = z.number().nonnegative().optional()

const events = {
  text: z.looseObject({ part: z.looseObject({ text: z.string() }) }),
  tool_use: z.looseObject({
    part: z.looseObject({
      tool: z.string(),
      callID: z.string(),
      state: z.looseObject({
        status: z.string(),
        input: z.unknown().optional(),
        output: z.unknown().optional(),
        error: z.string().optional(),
      }),
    }),
  }),
  step_finish: z.looseObject({
    part: z.looseObject({
      reason: z.string().optional(),
      cost: count,
      tokens: z
        .looseObject({
          input: count,
          output: count,
          reasoning: count,
          cache: z.looseObject({ read: count, write: count }).default({}),
        })
        .optional(),
    }),
  }),
  error: z.looseObject({
    error: z.looseObject({
      name: z.string(),
      data: z.looseObject({ message: z.string().optional(), statusCode: z.number().optional() }).optional(),
    }),
  }),
}
type Step = z.infer<typeof events.step_finish>['part']

/** Reads the events of opencode (`run --format json --thinking`) into a report. */
export function opencodeParser(report: AgentReport): EventReader {
  const { transcript } = report
  return byKind({
    step_start: reads(z.unknown(), () => beginTurn(report)),
    text: reads(events.text, ({ part: { text } }, atMs) => {
      if (text) transcript.push({ type: 'message', role: 'assistant', text, atMs })
    }),
    reasoning: reads(events.text, ({ part: { text } }, atMs) => {
      if (text) transcript.push({ type: 'reasoning', text, atMs })
    }),
    tool_use: reads(events.tool_use, ({ part: { callID: id, tool, state } }, atMs) => {
      const isError = state.status === 'error'
      const output = isError ? (state.error ?? '') : asText(state.output)
      transcript.push({ type: 'tool_call', id, tool, input: state.input, atMs })
      transcript.push({ type: 'tool_result', id, output, isError, atMs })
    }),
    step_finish: reads(events.step_finish, ({ part }) => readStep(report, part)),
    error: reads(events.error, ({ error: { name, data } }, atMs) => {
      report.error = [data?.statusCode, data?.message ?? name].filter(Boolean).join(' ')
      transcript.push({ type: 'error', message: report.error, atMs })
    }),
  })
}

function readStep(report: AgentReport, { reason, cost, tokens }: Step): void {
  report.error = null
  countTurn(report)
  if (reason === 'length') report.notes.push('an answer was cut at the longest that the model gives')
  // Where it knows no prices it says 0.
  if (cost) report.costUsd = (report.costUsd ?? 0) + cost
  if (!tokens) return
  const { input, output, reasoning, cache } = tokens
  // A service that tells no usage shows as zeros: that is unknown, not nothing.
  if (!input && !output && !cache.read) return
  report.usage = addUsage(report.usage, {
    inputTokens: input,
    cacheReadTokens: cache.read,
    cacheWriteTokens: cache.write,
    // Its output is without reasoning.
    outputTokens: output === undefined ? undefined : output + (reasoning ?? 0),
    reasoningTokens: reasoning,
  })
}

function asText(output: unknown): string {
  return typeof output === 'string' ? output : JSON.stringify(output ?? '')
}

/** The last failed model call that its log tells of, with its time by the clock. */
export function lastLogged(log: string): { at: number; message: string } | null {
  const failures = [...log.matchAll(/^timestamp=(\S+) .*message="stream error".*? (error\..*)$/gm)]
  const last = failures.at(-1)
  return last ? { at: Date.parse(last[1] ?? ''), message: last[2] ?? '' } : null
}
