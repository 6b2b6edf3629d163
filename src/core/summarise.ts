import { proofOf } from './context/proof.ts'
import type { SetupSummary, TaskSummary } from '../model/run.ts'
import type { GradedTrial, Trial } from '../model/trial.ts'
import { measureAttempts } from './measure.ts'
import { latestRows } from './rows.ts'
import { mean, sum } from './stats/pair.ts'
import { passAtK, passHatK } from './stats/pass-at-k.ts'
import { suiteRate, taskRate } from './stats/rate.ts'
import { parseTrialId } from './trial-id.ts'

/**
 * What the trials of a run add up to, one summary a setup. All is counted from the rows; the plan tells what should have
 * been there. Rates and scores are of graded trials; cost, tokens, time and turns of all attempts that were made, also of
 * errored trials, for they were paid for. `tasks` gives the fingerprints of tasks of which no trial has ended.
 */
export function summarise(
  plan: readonly string[],
  trials: readonly Trial[],
  setups: readonly { name: string; fingerprint: string }[],
  tasks: Readonly<Record<string, { fingerprint: string }>> = {},
): SetupSummary[] {
  const planned = plan.map(parseTrialId)
  const rows = latestRows(trials)
  const order = [...new Set([...planned, ...rows].map(({ task }) => task))]
  const fingerprints = new Map([
    ...Object.entries(tasks).map(([task, { fingerprint }]): [string, string] => [task, fingerprint]),
    ...rows.map((row): [string, string] => [row.task, row.taskFingerprint]),
  ])

  return setups.map(({ name, fingerprint }) => {
    const ownPlan = planned.filter(({ setup }) => setup === name)
    const ownRows = rows.filter(({ setup }) => setup === name)
    const summaries = order
      .filter(task => [...ownPlan, ...ownRows].some(trial => trial.task === task))
      .map(task =>
        summariseTask(
          { task, setup: name, taskFingerprint: fingerprints.get(task) ?? '' },
          ownPlan.filter(trial => trial.task === task).length,
          ownRows.filter(trial => trial.task === task),
        ),
      )
    return summariseSetup(name, fingerprint, summaries, ownRows)
  })
}

function summariseTask(
  key: Pick<TaskSummary, 'task' | 'setup' | 'taskFingerprint'>,
  planned: number,
  rows: readonly Trial[],
): TaskSummary {
  const graded = gradedOf(rows)
  const counts = { passed: graded.filter(({ pass }) => pass).length, graded: graded.length }
  return {
    ...key,
    planned,
    ...counts,
    errored: rows.length - graded.length,
    passRate: graded.length > 0 ? taskRate(counts) : null,
    meanScore: meanScoreOf(graded),
    ...measureAttempts(rows.flatMap(({ attempt }) => attempt ?? [])),
  }
}

function summariseSetup(
  setup: string,
  setupFingerprint: string,
  tasks: TaskSummary[],
  rows: readonly Trial[],
): SetupSummary {
  const counted = tasks.filter(({ graded }) => graded > 0)
  const scores = counted.flatMap(({ meanScore }) => meanScore ?? [])
  const attempts = rows.flatMap(({ attempt }) => attempt ?? [])
  return {
    setup,
    setupFingerprint,
    planned: sum(tasks.map(task => task.planned)),
    graded: sum(tasks.map(task => task.graded)),
    errored: sum(tasks.map(task => task.errored)),
    passed: sum(tasks.map(task => task.passed)),
    passRate: counted.length > 0 ? suiteRate(counted) : null,
    meanScore: scores.length > 0 ? mean(scores) : null,
    passAtK: passAtK(counted),
    passHatK: passHatK(counted),
    ...measureAttempts(attempts),
    contextProof: proofOf(setup, attempts),
    tasks,
  }
}

/** The trials that count for rates and scores. */
export function gradedOf(rows: readonly Trial[]): GradedTrial[] {
  return rows.filter(row => row.status === 'graded')
}

/** Mean score in [0,1]; null where nothing was graded. */
export function meanScoreOf(graded: readonly GradedTrial[]): number | null {
  return graded.length > 0 ? mean(graded.map(({ score }) => score)) : null
}
