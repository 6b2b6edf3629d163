import type { Comparison, Side, SideTask } from '../model/report.ts'
import type { RunManifest } from '../model/run.ts'
import type { Suite } from '../model/suite.ts'
import type { Attempt, Trial } from '../model/trial.ts'
import { anAttempt, anOutcome, anIsolation } from '../testing/builders.ts'
import { compare } from './compare.ts'
import { formatTrialId } from './trial-id.ts'

/** Plain objects for the tests of core/. */

/** `5/5`, or `5/5+1` with one errored trial; fields may be replaced. */
export function sideTask(counts: string, replaced: Partial<SideTask> = {}): SideTask {
  const [, passed, graded, errored] = /^(\d+)\/(\d+)(?:\+(\d+))?$/.exec(counts) ?? []
  if (passed === undefined || graded === undefined) throw new Error(`not like 5/5 or 5/5+1: ${counts}`)
  return {
    fingerprint: 'same',
    passed: Number(passed),
    graded: Number(graded),
    errored: Number(errored ?? 0),
    meanScore: null,
    costUsd: [],
    tokens: [],
    durationMs: [],
    ...replaced,
  }
}

export function side(label: string, tasks: Record<string, string | SideTask>, setup = 'bare'): Side {
  return {
    label,
    setup,
    setupFingerprint: `content of ${setup}`,
    doubts: [],
    conditions: null,
    tasks: Object.fromEntries(
      Object.entries(tasks).map(([id, counts]) => [
        id,
        typeof counts === 'string' ? sideTask(counts) : counts,
      ]),
    ),
  }
}

/** The same counts for many tasks: `t1`, `t2`, … */
export function many(number: number, counts: string, from = 1): Record<string, string> {
  return Object.fromEntries(Array.from({ length: number }, (_, i) => [`t${from + i}`, counts]))
}

/** A gate with a margin of 10 points between two sides of one setup. */
export function gated(
  base: Record<string, string | SideTask>,
  candidate: Record<string, string | SideTask>,
  options: { margin?: number; strict?: boolean; gate?: boolean } = {},
): Comparison {
  return compare(side('the baseline', base), side('run r1', candidate), {
    margin: 10,
    strict: false,
    gate: true,
    ...options,
  })
}

interface TrialSample {
  task?: string
  setup?: string
  index?: number
  end?: 'pass' | 'fail' | 'errored'
  score?: number
  attempt?: Partial<Attempt> | null
  taskFingerprint?: string
  setupFingerprint?: string
}

export function trial(sample: TrialSample = {}): Trial {
  const { task = 'a', setup = 'bare', index = 0, end = 'pass' } = sample
  const key = {
    id: formatTrialId({ task, setup, index }),
    task,
    setup,
    index,
    seed: 1,
    taskFingerprint: sample.taskFingerprint ?? `content of ${task}`,
    setupFingerprint: sample.setupFingerprint ?? `content of ${setup}`,
    startedAt: '2026-01-02T03:04:05.000Z',
    durationMs: 2000,
    retries: 0,
    starts: 1,
    spentBeforeUsd: 0,
    remarks: [],
  }
  const made = sample.attempt === null ? null : anAttempt(sample.attempt)
  if (end === 'errored') {
    const told = sample.attempt ? made : null
    return {
      status: 'errored',
      ...key,
      phase: 'grade',
      message: 'disk full',
      attempt: told,
      outcome: null,
      grades: [],
      flags: [],
      notices: [],
    }
  }
  return {
    status: 'graded',
    ...key,
    attempt: made ?? anAttempt(),
    outcome: anOutcome(),
    grades: [],
    flags: [],
    notices: [],
    score: sample.score ?? (end === 'pass' ? 1 : 0),
    pass: end === 'pass',
  }
}

/** The manifest of a run of these trials. */
export function manifestOf(trials: readonly Trial[], plan = trials.map(({ id }) => id)): RunManifest {
  return {
    schemaVersion: 1,
    id: 'r1',
    status: 'finished',
    startedAt: '2026-01-02T03:04:05.000Z',
    finishedAt: '2026-01-02T04:04:05.000Z',
    suite: { name: 'dates', file: '/evals/dates.yaml', fingerprint: 'suite' },
    plan,
    setups: Object.fromEntries(
      [...new Set(trials.map(({ setup }) => setup))].map(setup => [
        setup,
        {
          fingerprint: `content of ${setup}`,
          harness: 'replay',
          model: null,
          effort: null,
          context: [],
          strip: [],
          skills: [],
          mcp: [],
          env: [],
          agentVersions: [],
          observedModels: [],
        },
      ]),
    ),
    tasks: Object.fromEntries(
      [...new Set(trials.map(({ task }) => task))].map(task => [
        task,
        { fingerprint: `content of ${task}`, git: '/repo', commit: '0'.repeat(40), history: null, tags: [] },
      ]),
    ),
    isolation: anIsolation(),
    provenance: {
      tool: '0.0.0',
      node: '20.0.0',
      platform: 'linux',
      cpus: 2,
      memoryMb: 4096,
      suiteCommit: null,
      suiteDirty: null,
      user: null,
      ci: false,
    },
    rules: null,
    recorded: false,
    replay: null,
    agentCanaries: {},
    adaptive: null,
    summaries: [],
  }
}

/** A loaded suite of these tasks and setups; each has the fingerprint `content of NAME`. */
export function suiteOf(tasks: readonly string[], setups: readonly string[], trials = 5): Suite {
  return {
    name: 'dates',
    description: null,
    file: '/evals/dates.yaml',
    tags: [],
    trials,
    sources: {},
    setups: Object.fromEntries(
      setups.map(name => [
        name,
        {
          name,
          harness: { type: 'replay', config: {}, files: {} },
          model: null,
          effort: null,
          prompt: null,
          context: {},
          strip: [],
          skills: {},
          mcp: {},
          env: { pass: [], set: {} },
          network: null,
          service: null,
          fingerprint: `content of ${name}`,
        },
      ]),
    ),
    vary: null,
    tasks: tasks.map(id => ({
      id,
      source: 'dayjs',
      prompt: 'Fix it.',
      tags: [],
      limits: { timeoutMs: 1000, maxCostUsd: null, maxTurns: null },
      graders: [{ type: 'files', config: {}, files: {}, name: 'files', weight: 1, required: true }],
      reference: null,
      fix: null,
      fingerprint: `content of ${id}`,
    })),
    gate: { baseline: null, margin: 10, strict: false },
    isolation: null,
    budget: null,
    fingerprint: 'suite',
  }
}
