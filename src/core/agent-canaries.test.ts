import { expect, test } from 'vitest'
import { RunManifest } from '../model/run.ts'
import { anAttempt } from '../testing/builders.ts'
import { sampleReport, sampleTrial } from '../reporters/testing/report.ts'
import { underTest } from './against-baseline.ts'
import { canaryDoubts, spentOnCanaries, toAgentCanary } from './agent-canaries.ts'
import { gateProblems } from './gate.ts'
import { sideOfRun } from './sides.ts'

const { run } = sampleReport([
  sampleTrial({ task: 'add', setup: 'able' }),
  sampleTrial({ task: 'add', setup: 'unable' }),
])
const [first, second] = ['able', 'unable'] as const
const broken = { ...toAgentCanary(false, 'it hung', null), calls: 3, tokens: 40 }
const agentCanaries = { [first]: toAgentCanary(true, 'fine', anAttempt({ costUsd: 0.5 })), [second]: broken }

test('a run from before canaries loads, and has no doubts', () => {
  const { agentCanaries: _none, ...old } = run
  const loaded = RunManifest.parse(JSON.parse(JSON.stringify(old)))
  expect(loaded.agentCanaries).toEqual({})
  expect(canaryDoubts(loaded)).toEqual({})
})

test('a setup whose canary failed is not under test, and every gate and comparison says why', () => {
  const manifest = { ...run, agentCanaries }
  expect(underTest(run)).toContain(second)
  expect(underTest(manifest)).not.toContain(second)
  const baseline = { schemaVersion: 1 as const, suite: run.suite.name, setups: {} }
  expect(gateProblems(manifest, [], baseline)).toContainEqual({
    decision: 'invalid',
    reason: expect.stringMatching(/^Setup .* is not valid, its canary failed: it hung\. None of its trials/),
  })
  expect(sideOfRun(manifest, [], second).doubts).toHaveLength(1)
  expect(sideOfRun(manifest, [], first).doubts).toEqual([])
})

test('what is known of the cost is added up, and unknown cost stays unknown', () => {
  expect(spentOnCanaries({ agentCanaries })).toEqual({ costUsd: 0.5, tokens: 40, calls: 3 })
  expect(toAgentCanary(false, 'x', null)).toMatchObject({ costUsd: null, tokens: null, calls: null })
})
