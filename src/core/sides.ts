import { UserError } from '../errors.ts'
import type { Baseline, Conditions } from '../model/baseline.ts'
import type { Side, SideTask } from '../model/report.ts'
import type { RunManifest } from '../model/run.ts'
import type { Trial } from '../model/trial.ts'
import { canaryDoubts } from './agent-canaries.ts'
import { doubtsOf } from './context/proof.ts'
import { fingerprint } from './fingerprint.ts'
import { tokensOf } from './measure.ts'
import { latestRows } from './rows.ts'
import { gradedOf, meanScoreOf } from './summarise.ts'
import { parseTrialId } from './trial-id.ts'

/**
 * One setup of a run, ready to be compared. Holds every task that was planned for it, also those of which nothing has been
 * graded. Throws UserError for a setup that is not in the run.
 */
export function sideOfRun(manifest: RunManifest, trials: readonly Trial[], setup: string): Side {
  if (!Object.hasOwn(manifest.setups, setup)) {
    throw new UserError(
      `run ${manifest.id} has no setup "${setup}", known: ${Object.keys(manifest.setups).toSorted().join(', ')}`,
    )
  }
  const rows = latestRows(trials).filter(row => row.setup === setup)
  const planned = manifest.plan.map(parseTrialId).filter(spec => spec.setup === setup)
  const tasks = [...new Set([...planned, ...rows].map(({ task }) => task))].toSorted()
  const declared = new Map(Object.entries(manifest.tasks).map(([task, facts]) => [task, facts.fingerprint]))
  return {
    label: manifest.replay ? `run ${manifest.id} (replay of ${manifest.replay.run})` : `run ${manifest.id}`,
    setup,
    setupFingerprint: agreed(
      manifest.setups[setup]?.fingerprint,
      rows.map(row => row.setupFingerprint),
    ),
    doubts: [
      canaryDoubts(manifest)[setup] ?? [],
      doubtsOf(
        setup,
        rows.flatMap(({ attempt }) => attempt ?? []),
      ),
    ].flat(),
    conditions: conditionsOf(manifest),
    tasks: Object.fromEntries(
      tasks.map(task => [
        task,
        sideTask(
          declared.get(task),
          rows.filter(row => row.task === task),
        ),
      ]),
    ),
  }
}

/** One setup of a baseline, ready to be compared. Throws UserError for a setup that was never accepted into it. */
export function sideOfBaseline(baseline: Baseline, setup: string, label: string): Side {
  const accepted = Object.hasOwn(baseline.setups, setup) ? baseline.setups[setup] : undefined
  if (!accepted) {
    const known = Object.keys(baseline.setups).toSorted().join(', ')
    throw new UserError(
      `the baseline of suite ${baseline.suite} has no setup "${setup}", known: ${known || 'none'}. ` +
        'Accept a run of this setup into it first',
    )
  }
  const { fingerprint: setupFingerprint, tasks, conditions } = accepted
  return { label, setup, setupFingerprint, doubts: [], conditions, tasks }
}

/** What was accepted first of a setup, if that is not what it still is. */
export function sideOfAnchor(baseline: Baseline, setup: string): Side | null {
  const anchor = Object.hasOwn(baseline.setups, setup) ? baseline.setups[setup]?.anchor : null
  if (!anchor) return null
  const label = `the anchor of ${anchor.accepted.at.slice(0, 10)}`
  return {
    label,
    setup,
    setupFingerprint: anchor.fingerprint,
    doubts: [],
    conditions: null,
    tasks: anchor.tasks,
  }
}

function conditionsOf({ isolation: { level, limits } }: RunManifest): Conditions | null {
  // Runs from before limits were recorded do not tell under what they were made.
  if (!limits) return null
  return { isolation: level, unenforced: limits.missing }
}

function sideTask(declared: string | undefined, rows: readonly Trial[]): SideTask {
  const graded = gradedOf(rows)
  return {
    fingerprint: agreed(
      declared,
      rows.map(row => row.taskFingerprint),
    ),
    passed: graded.filter(({ pass }) => pass).length,
    graded: graded.length,
    errored: rows.length - graded.length,
    meanScore: meanScoreOf(graded),
    costUsd: graded.flatMap(({ attempt }) => attempt.costUsd ?? []),
    tokens: graded.flatMap(({ attempt }) => tokensOf(attempt.usage) ?? []),
    durationMs: graded.map(({ attempt }) => attempt.durationMs),
    turns: graded.flatMap(({ attempt }) => attempt.turns ?? []),
    scores: graded.map(({ score }) => score),
  }
}

/** The one fingerprint that manifest and rows agree on. Rows of different making get one that nothing else has. */
function agreed(declared: string | undefined, seen: readonly string[]): string {
  const all = [...new Set(declared === undefined ? seen : [declared, ...seen])].toSorted()
  return all.length === 1 && all[0] !== undefined ? all[0] : fingerprint(all)
}

/** A side that says nothing of these tasks. */
export function withoutTasks(side: Side, tasks: readonly string[]): Side {
  const kept = Object.entries(side.tasks).filter(([task]) => !tasks.includes(task))
  return { ...side, tasks: Object.fromEntries(kept) }
}
