import { expect, test } from 'vitest'
import type { ModelCall } from '../model/model-call.ts'
import { aMetered, anAttempt } from '../testing/builders.ts'
import { renderCalls } from './calls.ts'
import { meteredFacts } from './metered-text.ts'
import { modelFacts } from './model-text.ts'
import { plainPaint } from './paint.ts'
import { renderJunit } from './junit.ts'
import { renderMarkdown } from './markdown.ts'
import { renderTerminal } from './terminal.ts'
import { sampleReport, sampleSummary, sampleTrial } from './testing/report.ts'

const usage = {
  inputTokens: 100,
  cacheReadTokens: 2000,
  cacheWriteTokens: 0,
  outputTokens: 50,
  reasoningTokens: 7,
}

test('what the gateway saw stands beside what the agent says of itself, with the difference', () => {
  const attempt = anAttempt({
    usage,
    costUsd: 0.5,
    claimed: { usage: { ...usage, inputTokens: 90, reasoningTokens: null }, costUsd: 0.4 },
    metered: aMetered({
      calls: 5,
      failed: 1,
      retries: 2,
      models: ['m1-2026', 'small'],
      tools: ['bash', 'edit'],
      hidden: { calls: 3, costUsd: 0.02 },
      context: [
        { kind: 'context', name: 'AGENTS.md', expected: true, from: null, state: 'arrived', call: 1 },
        { kind: 'skill', name: 'dates', expected: true, from: null, state: 'listed', call: 1 },
        { kind: 'context', name: 'AGENTS.md', expected: false, from: 'guided', state: 'partly', call: 3 },
      ],
      replay: { mode: 'loose', diverged: { call: 3, why: 'other words' }, unused: 2 },
    }),
  })
  expect(meteredFacts(attempt)).toEqual([
    [
      'calls',
      '5 answered, 1 failed, 2 retries by the gateway, by m1-2026, small; 3 calls that the agent did not count: $0.02',
    ],
    ['tools', 'bash, edit'],
    ['agent says', '90 in (-10), 2.0k from cache, 0 to cache, 50 out, $0.40 (we: $0.50)'],
    ['context', 'AGENTS.md reached the model (call 1)'],
    ['', 'skill dates was offered, its body was not loaded (call 1)'],
    ['', 'AGENTS.md of setup guided REACHED THE MODEL IN PART (call 3)'],
    ['replay', 'loose, diverged at call 3: other words; 2 recorded calls never asked for'],
  ])
  expect(meteredFacts(anAttempt())).toEqual([])
})

test('calls are listed one a line; what failed says why, and what asks no model has no tokens', () => {
  const call: ModelCall = {
    number: 1,
    api: 'openai-chat',
    method: 'POST',
    path: '/chat/completions',
    model: 'm1',
    observedModel: 'm1-2026',
    lane: 'm1 with tools',
    atMs: 120,
    firstByteMs: 20,
    durationMs: 1500,
    end: 'answered',
    status: 200,
    error: null,
    retries: 0,
    usage,
    costUsd: 0.02,
    requestBytes: 1000,
    responseBytes: 500,
  }
  const none = { usage: null, costUsd: null }
  const lines = renderCalls(
    [
      { ...call, number: 1, api: null, method: 'GET', path: '/models', lane: 'other', ...none },
      { ...call, number: 2 },
      { ...call, number: 3, end: 'failed', status: 429, error: 'Too fast\nmore', retries: 3, ...none },
    ],
    plainPaint,
  )
  expect(`\n${lines}\n`).toMatchInlineSnapshot(`
    "
    call     at  took  lane           status       in  cached  out   cost
       1  120ms  1.5s  GET /models    200
       2  120ms  1.5s  m1 with tools  200         100    2.0k   50  $0.02
       3  120ms  1.5s  m1 with tools  failed 429    ?       ?    ?      ?  after 3 more tries: Too fast
    "
  `)
})

const proof = {
  verdict: 'invalid' as const,
  attempts: 1,
  items: [],
  reasons: ['Context file AGENTS.md of setup guided never reached the model.'],
  notes: ['Skill dates was offered, and loaded in 0 of 1 trial.'],
}

test('a run whose context did not arrive says so first, in every report', () => {
  const trials = [sampleTrial({ task: 'a', setup: 'guided' })]
  const summaries = [{ ...sampleSummary('guided', trials), contextProof: proof }]
  const report = sampleReport(trials, { manifest: { summaries } })
  const terminal = renderTerminal(report, { paint: plainPaint, columns: 100 })
  expect(terminal).toMatch(/^NOT VALID\. Context file AGENTS.md of setup guided never/)
  expect(terminal).toMatch(/guided: Skill dates was offered/)
  expect(renderMarkdown(report)).toMatch(/^## NOT VALID\.[\s\S]*AGENTS\.md of setup guided never reached/)
  expect(renderJunit(report)).toMatch(
    /<testcase classname="dates.context" name="guided"[^>]*>\s*<error message="context is invalid"/,
  )
})

test('who counted is told, and what agents do not count', () => {
  const [trial] = [sampleTrial({ task: 'a', setup: 'guided' })]
  if (trial.status !== 'graded') throw new Error('graded is expected')
  const metered = aMetered({ calls: 2, hidden: { calls: 1, costUsd: 0.02 } })
  const counted = { ...trial, attempt: { ...trial.attempt, metered } }
  expect(modelFacts(sampleReport([counted]))).toEqual([
    ['usage', 'counted by the gateway; 1 call that the agent did not count: $0.02'],
  ])
  expect(modelFacts(sampleReport([counted, { ...trial, id: 'a/guided/1' }]))[0]?.[1]).toMatch(
    /^counted by the gateway in 1 of 2 trials, else by the agents/,
  )
  expect(modelFacts(sampleReport([trial]))).toEqual([])
})
