import { attemptThat } from '../core/attempt.ts'
import type { Metered } from '../model/model-call.ts'
import type { Isolation } from '../model/run.ts'
import type { Attempt, ErroredTrial, Grade, GradedTrial, Outcome } from '../model/trial.ts'

/** Plain objects for tests, complete and valid; a test changes only what it is about. */

export function anAttempt(change: Partial<Attempt> = {}): Attempt {
  return { ...attemptThat('finished', 1000), exitCode: 0, ...change }
}

export function anOutcome(change: Partial<Outcome> = {}): Outcome {
  return {
    patchSha256: 'a'.repeat(64),
    patchBytes: 10,
    changedFiles: ['src/a.js'],
    linesAdded: 1,
    linesRemoved: 1,
    ...change,
  }
}

export function aGrade(change: Partial<Extract<Grade, { status: 'scored' }>> = {}): Grade {
  return {
    status: 'scored',
    grader: 'tests',
    type: 'tests',
    weight: 1,
    required: true,
    score: 1,
    pass: true,
    explanation: 'fine',
    details: null,
    ...change,
  }
}

export function aKey(id = 'task/setup/0'): {
  id: string
  task: string
  setup: string
  index: number
  seed: number
  taskFingerprint: string
  setupFingerprint: string
  startedAt: string
  durationMs: number
  retries: number
  starts: number
  spentBeforeUsd: number | null
  remarks: string[]
} {
  const [task = '', setup = '', index = ''] = id.split('/')
  return {
    id,
    task,
    setup,
    index: Number(index),
    seed: 1,
    taskFingerprint: `task-${task}`,
    setupFingerprint: `setup-${setup}`,
    startedAt: '2026-01-02T03:04:05.000Z',
    durationMs: 2000,
    retries: 0,
    starts: 1,
    spentBeforeUsd: 0,
    remarks: [],
  }
}

export function aGradedTrial(id = 'task/setup/0', change: Partial<GradedTrial> = {}): GradedTrial {
  return {
    status: 'graded',
    ...aKey(id),
    attempt: anAttempt(),
    outcome: anOutcome(),
    grades: [aGrade()],
    flags: [],
    notices: [],
    score: 1,
    pass: true,
    ...change,
  }
}

export function anErroredTrial(id = 'task/setup/0', change: Partial<ErroredTrial> = {}): ErroredTrial {
  return {
    status: 'errored',
    ...aKey(id),
    phase: 'attempt',
    message: 'the model server refused the key',
    attempt: null,
    outcome: null,
    grades: [],
    flags: [],
    notices: [],
    ...change,
  }
}

/** How trials are kept apart where nothing is done about it. */
export function anIsolation(): Isolation {
  return { level: 'none', network: 'open', networks: {}, workspace: 'copy', images: {}, limits: null }
}

/** What a gateway saw of an attempt: nothing, but for what a test is about. */
export function aMetered(change: Partial<Metered> = {}): Metered {
  return {
    calls: 0,
    failed: 0,
    retries: 0,
    usage: null,
    costUsd: null,
    unpriced: [],
    models: [],
    tools: [],
    context: [],
    limit: null,
    hidden: null,
    replay: null,
    ...change,
  }
}
