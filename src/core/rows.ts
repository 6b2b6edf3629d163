import type { Trial } from '../model/trial.ts'

/**
 * One row for each trial, in the order of task, setup and index, whatever the order in which they were stored. Where a
 * trial was started again its latest row wins, which is the last one in an append-only file.
 */
export function latestRows(trials: readonly Trial[]): Trial[] {
  const latest = new Map(trials.map(trial => [trial.id, trial]))
  return [...latest.values()].toSorted(
    (a, b) => byText(a.task, b.task) || byText(a.setup, b.setup) || a.index - b.index || byText(a.id, b.id),
  )
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
