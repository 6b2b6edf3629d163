import { stripVTControlCharacters } from 'node:util'
import type { RunManifest } from '../model/run.ts'
import type { Suite } from '../model/suite.ts'
import type { Trial } from '../model/trial.ts'
import { count, formatCost, formatDuration, formatShare } from './format.ts'
import type { Paint } from './paint.ts'
import { reasonOf } from './problems.ts'
import { displayWidth, wrap } from './text.ts'

/** One line a run, newest first. */
export function renderRuns(runs: readonly RunManifest[], paint: Paint): string {
  if (runs.length === 0) return 'No runs yet. Start one: agent-eval run evals/SUITE.yaml'
  return columns(
    runs.map(run => [
      run.id,
      run.status === 'finished' ? run.status : paint.unsure(run.status),
      run.summaries.map(({ setup, passed, graded }) => `${setup} ${formatShare(passed, graded)}`).join(', '),
    ]),
  )
}

/** One line a trial, in the order of the plan. */
export function renderTrials(run: RunManifest, trials: readonly Trial[], paint: Paint): string {
  const missing = run.plan.length - trials.length
  const lines = columns(
    trials.map(trial => [
      stateOf(trial, paint),
      trial.id,
      formatDuration(trial.attempt?.durationMs ?? null),
      formatCost(trial.attempt?.costUsd ?? null),
      reasonOf(trial) ?? '',
    ]),
  )
  return missing > 0
    ? `${lines}\n${missing} of ${run.plan.length} trials are missing: agent-eval run --resume ${run.id}`
    : lines
}

/** The tasks and setups of a suite. */
export function renderSuite(suite: Suite, paint: Paint): string {
  const tasks = suite.tasks.map(task => [
    `  ${task.id}`,
    task.source,
    task.graders.map(grader => grader.name).join(', '),
    paint.quiet(task.tags.join(' ')),
  ])
  const setups = Object.values(suite.setups).map(setup => [
    `  ${setup.name}`,
    setup.harness.type,
    setup.model ?? '-',
    paint.quiet([...Object.keys(setup.context), ...Object.keys(setup.skills)].join(' ')),
  ])
  return `${paint.strong(suite.name)}: ${count(suite.trials, 'trial')} each\nsetups\n${columns(setups)}\ntasks\n${columns(tasks)}`
}

/** Three words for three things: the agent's work is wrong, the agent broke, we could not measure it. */
function stateOf(trial: Trial, paint: Paint): string {
  if (trial.status === 'errored') return paint.unsure('errored')
  if (trial.pass) return paint.good('pass')
  return paint.bad(trial.attempt.stop === 'crash' ? 'crashed' : 'fail')
}

/**
 * Pads all columns but the last to their widest cell; colour codes do not count. With a `width` the last one goes on below
 * where it is wider.
 */
export function columns(rows: readonly string[][], width = Infinity): string {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, visible(cell))))
  const start = (column: number): number => widths.slice(0, column).reduce((sum, each) => sum + each + 2, 0)
  return rows
    .map(row =>
      row
        .map((cell, i) =>
          i === row.length - 1
            ? wrap(cell, Math.max(20, width - start(i))).join(`\n${' '.repeat(start(i))}`)
            : cell + ' '.repeat((widths[i] ?? 0) - visible(cell)),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Without the escape sequences of our own colours. */
function visible(text: string): number {
  return displayWidth(stripVTControlCharacters(text))
}
