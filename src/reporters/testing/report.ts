import { anAttempt, anIsolation } from '../../testing/builders.ts'
import { createHash } from 'node:crypto'
import type { Report } from '../../model/report.ts'
import type { Measure, Rate, RunManifest, SetupSummary, TaskSummary } from '../../model/run.ts'
import type { Attempt, Grade, Trial } from '../../model/trial.ts'

/** Sample data for tests of reporters: small, complete, and valid by the model's schemas. */

export interface TrialSample {
  task: string
  setup: string
  index?: number
  /** Default `passed`. */
  end?: 'passed' | 'failed' | 'crashed' | 'timeout' | 'errored'
  /** Explanation of the decisive grade, or the message of a crash or an error. */
  reason?: string
  costUsd?: number | null
  tokens?: number | null
  retries?: number
}

export function sampleTrial(sample: TrialSample): Trial {
  const { task, setup, index = 0, end = 'passed', reason = 'keeps the minutes', retries = 0 } = sample
  const key = {
    id: `${task}/${setup}/${index}`,
    task,
    setup,
    index,
    seed: 7,
    taskFingerprint: fingerprint(task),
    setupFingerprint: fingerprint(setup),
    startedAt: '2026-01-02T03:04:05.000Z',
    durationMs: 41_000,
    retries,
    starts: 1,
    spentBeforeUsd: 0,
    remarks: [],
  }
  if (end === 'errored') {
    return {
      status: 'errored',
      ...key,
      phase: 'prepare',
      message: reason,
      attempt: null,
      outcome: null,
      grades: [],
      flags: [],
      notices: [],
    }
  }
  const pass = end === 'passed'
  const grades: Grade[] = [
    grade('tests', pass, pass ? '4 of 4 tests passed' : reason),
    grade('diff', true, '12 lines in 1 file'),
  ]
  return {
    status: 'graded',
    ...key,
    attempt: sampleAttempt(sample),
    outcome: {
      patchSha256: fingerprint('patch'),
      patchBytes: 321,
      changedFiles: ['src/offset.js'],
      linesAdded: 9,
      linesRemoved: 3,
    },
    grades,
    flags: [],
    notices: [],
    score: pass ? 1 : 0.5,
    pass,
  }
}

function sampleAttempt({ end, reason, costUsd = 0.17, tokens = 12_300 }: TrialSample): Attempt {
  const stop = end === 'crashed' ? 'crash' : end === 'timeout' ? 'timeout' : 'finished'
  return anAttempt({
    stop,
    message: stop === 'crash' ? (reason ?? 'boom') : null,
    exitCode: stop === 'crash' ? 3 : stop === 'timeout' ? null : 0,
    usage:
      tokens === null
        ? null
        : {
            inputTokens: tokens / 3,
            cacheReadTokens: tokens / 3,
            cacheWriteTokens: null,
            outputTokens: tokens / 3,
            reasoningTokens: null,
          },
    costUsd,
    costSource: costUsd === null ? null : 'harness',
    turns: 6,
    toolCalls: 9,
    durationMs: 38_000,
    agentVersion: '2.1.4',
    observedModel: 'model-x',
  })
}

function grade(grader: string, pass: boolean, explanation: string): Grade {
  const type = grader
  return {
    status: 'scored',
    grader,
    type,
    weight: 1,
    required: true,
    score: pass ? 1 : 0,
    pass,
    explanation,
    details: null,
  }
}

/** `passed` and `failed` trials of one task and setup, the passed ones first. */
export function sampleTrials(
  task: string,
  setup: string,
  passed: number,
  failed: number,
  reason?: string,
): Trial[] {
  return Array.from({ length: passed + failed }, (_, index) =>
    sampleTrial({ task, setup, index, end: index < passed ? 'passed' : 'failed', reason }),
  )
}

/** A finished run of these trials, all of which were planned. */
export function sampleReport(
  trials: Trial[],
  changes: Partial<Report> & { manifest?: Partial<RunManifest> } = {},
): Report {
  const { manifest, ...rest } = changes
  const setups = [...new Set(trials.map(trial => trial.setup))]
  const tasks = [...new Set(trials.map(trial => trial.task))]
  const run: RunManifest = {
    schemaVersion: 1,
    id: '20260102-030405-dates-1a2b',
    status: 'finished',
    startedAt: '2026-01-02T03:04:05.000Z',
    finishedAt: '2026-01-02T03:16:09.000Z',
    suite: { name: 'dates', file: '/repo/evals/dates.yaml', fingerprint: fingerprint('suite') },
    plan: trials.map(trial => trial.id),
    setups: Object.fromEntries(setups.map(name => [name, describedSetup(name)])),
    tasks: Object.fromEntries(
      tasks.map(task => [
        task,
        {
          fingerprint: fingerprint(task),
          git: 'https://git.example/dayjs.git',
          commit: 'a'.repeat(40),
          history: null,
          tags: [],
        },
      ]),
    ),
    isolation: anIsolation(),
    provenance: {
      tool: '0.1.0',
      node: 'v20.20.2',
      platform: 'linux-x64',
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
    summaries: setups.map(setup =>
      sampleSummary(
        setup,
        trials.filter(trial => trial.setup === setup),
      ),
    ),
    ...manifest,
  }
  return {
    run,
    trials,
    comparisons: [],
    sideBySide: null,
    anchors: [],
    verdict: null,
    verdictByHead: null,
    warnings: [],
    ...rest,
  }
}

function describedSetup(name: string): RunManifest['setups'][string] {
  return {
    fingerprint: fingerprint(name),
    harness: name === 'scripted' ? 'scripted' : 'claude-code',
    model: 'model-x',
    effort: null,
    context: [],
    strip: [],
    skills: [],
    mcp: [],
    env: [],
    agentVersions: ['2.1.4'],
    observedModels: ['model-x'],
  }
}

/** Summary of a setup's trials. The interval is only roughly right: it is for looking at. */
export function sampleSummary(setup: string, trials: Trial[]): SetupSummary {
  const tasks = [...new Set(trials.map(trial => trial.task))]
  const counts = countsOf(trials)
  return {
    setup,
    setupFingerprint: fingerprint(setup),
    ...counts,
    passAtK: {},
    passHatK: {},
    contextProof: null,
    tasks: tasks.map((task): TaskSummary => ({
      task,
      setup,
      taskFingerprint: fingerprint(task),
      ...countsOf(trials.filter(trial => trial.task === task)),
    })),
  }
}

function countsOf(trials: Trial[]): Omit<TaskSummary, 'task' | 'setup' | 'taskFingerprint'> {
  const graded = trials.filter(trial => trial.status === 'graded')
  const passed = graded.filter(trial => trial.pass).length
  const attempts = graded.map(trial => trial.attempt)
  return {
    planned: trials.length,
    graded: graded.length,
    errored: trials.length - graded.length,
    passed,
    passRate: sampleRate(passed, graded.length),
    meanScore: graded.length === 0 ? null : passed / graded.length,
    costUsd: measure(attempts.flatMap(attempt => attempt.costUsd ?? [])),
    tokens: measure(attempts.flatMap(({ usage }) => (usage === null ? [] : (usage.outputTokens ?? 0) * 3))),
    durationMs: measure(attempts.map(attempt => attempt.durationMs)),
    turns: measure(attempts.flatMap(attempt => attempt.turns ?? [])),
  }
}

export function sampleRate(passed: number, n: number): Rate | null {
  if (n === 0) return null
  const value = passed / n
  const half = 1.64 * Math.sqrt((value * (1 - value) + 0.5 / n) / n)
  return { value, lo: Math.max(0, value - half), hi: Math.min(1, value + half), n }
}

function measure(values: number[]): Measure | null {
  if (values.length === 0) return null
  const total = values.reduce((sum, value) => sum + value, 0)
  const mean = total / values.length
  return { mean, median: mean, total, n: values.length }
}

function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
