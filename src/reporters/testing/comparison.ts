import type { Comparison, Decision, TaskChange } from '../../model/report.ts'
import type { Rate } from '../../model/run.ts'
import { sampleRate } from './report.ts'

/** One task's counts, base first, and what became of it. */
export type ChangeSample = [
  task: string,
  base: string | null,
  candidate: string | null,
  change: TaskChange['change'],
]

/** A comparison from counts such as "5/5". */
export function sampleComparison(
  base: { label: string; setup: string },
  candidate: { label: string; setup: string },
  changes: ChangeSample[],
  verdict: { decision: Decision; reasons?: string[] },
): Comparison {
  const tasks = changes.map(([task, before, after, change]): TaskChange => {
    const [a, b] = [counts(before), counts(after)]
    const delta = a && b && a.graded > 0 && b.graded > 0 ? b.passed / b.graded - a.passed / a.graded : null
    const flipped =
      delta !== null && a !== null && b !== null && a.passed / a.graded > 0.5 !== b.passed / b.graded > 0.5
    return {
      task,
      change,
      base: a,
      candidate: b,
      delta,
      flipped,
      suspected: delta !== null && Math.abs(delta) > 0.5,
      warnings: [],
    }
  })
  const side = (key: 'base' | 'candidate'): Rate | null => {
    const all = tasks.flatMap(task => task[key] ?? [])
    const sum = (what: 'passed' | 'graded'): number => all.reduce((total, each) => total + each[what], 0)
    return sampleRate(sum('passed'), sum('graded'))
  }
  const [before, after] = [side('base'), side('candidate')]
  const value = before && after ? after.value - before.value : null
  return {
    base: { ...base, passRate: before },
    candidate: { ...candidate, passRate: after },
    difference: value === null ? null : { value, lo: value - 0.06, hi: value + 0.06 },
    generalisation: value === null ? null : { value, lo: value - 0.2, hi: value + 0.2 },
    pRegressed: 0.01,
    pImproved: 0.99,
    pUnevenlyWorse: 0.02,
    pUnevenlyBetter: 0.9,
    margin: 10,
    comparedTasks: tasks.filter(task => task.delta !== null).length,
    comparedTrials: 50,
    passAtK: { base: {}, candidate: {} },
    passHatK: { base: {}, candidate: {} },
    costUsd: { value: 1.18, lo: 1.05, hi: 1.33, n: 25 },
    tokens: { value: 1.02, lo: 0.97, hi: 1.07, n: 25 },
    durationMs: null,
    turns: null,
    score: null,
    perTrial: null,
    tasks,
    adaptive: null,
    verdict: { reasons: [], exitCode: verdict.decision === 'regressed' ? 1 : 0, ...verdict },
  }
}

function counts(text: string | null): TaskChange['base'] {
  if (text === null) return null
  const [passed = 0, graded = 0] = text.split('/').map(Number)
  return { passed, graded, errored: 0 }
}
