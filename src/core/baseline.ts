import { UserError } from '../errors.ts'
import { baselineSchemaVersion, type Baseline, type BaselineSetup } from '../model/baseline.ts'
import type { Side } from '../model/report.ts'
import type { RunManifest } from '../model/run.ts'
import type { Trial } from '../model/trial.ts'
import { fingerprint } from './fingerprint.ts'
import { missingTrials } from './missing.ts'
import { sideOfRun } from './sides.ts'

/** Who accepts what, told from outside. */
export interface Acceptance {
  /** ISO 8601. */
  at: string
  by: string | null
  reason: string
  /** SHA-256 of the run's trials.jsonl. */
  runDigest: string
}

/**
 * The baseline after the named setups of a run were accepted into it; other setups stay as they are. Throws UserError where
 * a task has nothing graded, and, unless `partial` says that it is meant, where the run lacks planned trials or tasks that
 * were accepted before: a gate would no longer see them.
 */
export function acceptBaseline(
  existing: Baseline | null,
  manifest: RunManifest,
  trials: readonly Trial[],
  setups: readonly string[],
  acceptance: Acceptance,
  { partial }: { partial: boolean } = { partial: false },
): Baseline {
  if (acceptance.reason.trim() === '')
    throw new UserError('no reason given: say in a sentence why this run is the new baseline')
  if (setups.length === 0) throw new UserError(`no setup of run ${manifest.id} was named to be accepted`)
  if (existing && existing.suite !== manifest.suite.name) {
    throw new UserError(
      `the baseline is of suite ${existing.suite}, but run ${manifest.id} is of suite ${manifest.suite.name}: ` +
        'choose another baseline file or another run',
    )
  }
  refuseReplay(manifest)
  const before = new Map(Object.entries(existing?.setups ?? {}))
  const after = new Map(before)
  for (const setup of setups) {
    const side = sideOfRun(manifest, trials, setup)
    const replaced = before.get(setup) ?? null
    refuseUngraded(side, manifest.id)
    refuseUnproven(side)
    if (!partial) refusePartial(side, manifest, trials, replaced)
    after.set(setup, {
      fingerprint: side.setupFingerprint,
      accepted: {
        at: acceptance.at,
        by: acceptance.by,
        reason: acceptance.reason,
        run: manifest.id,
        runDigest: acceptance.runDigest,
        previous: replaced ? fingerprint(replaced) : null,
      },
      tasks: side.tasks,
    })
  }
  return {
    schemaVersion: baselineSchemaVersion,
    suite: manifest.suite.name,
    setups: Object.fromEntries(after),
  }
}

function refuseReplay({ id, replay }: RunManifest): void {
  if (replay)
    throw new UserError(
      `run ${id} is a replay of run ${replay.run}: its agents met recorded answers, so it measured nothing. Accept ${replay.run}`,
    )
}

/** What did not reach the model was not measured. */
function refuseUnproven({ doubts }: Side): void {
  const [first] = doubts
  if (first !== undefined) throw new UserError(first)
}

function refuseUngraded(side: Side, runId: string): void {
  const ungraded = Object.entries(side.tasks).filter(([, { graded }]) => graded === 0)
  if (ungraded.length === 0 && Object.keys(side.tasks).length > 0) return
  const what =
    ungraded.length === Object.keys(side.tasks).length
      ? 'nothing at all'
      : `nothing of ${ungraded.map(([task]) => task).join(', ')}`
  throw new UserError(
    `run ${runId} has graded ${what} with setup ${side.setup}, so there is no pass rate to accept. ` +
      'See why the trials errored, resume the run, then accept it',
  )
}

function refusePartial(
  side: Side,
  manifest: RunManifest,
  trials: readonly Trial[],
  replaced: BaselineSetup | null,
): void {
  const missing = missingTrials(manifest.plan, trials).filter(({ setup }) => setup === side.setup)
  if (missing.length > 0) {
    throw new UserError(
      `run ${manifest.id} is not finished: ${missing.length} planned ${missing.length === 1 ? 'trial has' : 'trials have'} no result ` +
        `with setup ${side.setup}. Resume the run, then accept it`,
    )
  }
  const lost = Object.keys(replaced?.tasks ?? {}).filter(task => !Object.hasOwn(side.tasks, task))
  if (lost.length > 0) {
    throw new UserError(
      `run ${manifest.id} lacks tasks that the baseline of setup ${side.setup} has: ${lost.toSorted().join(', ')}. ` +
        'Accepting it would take them out of the gate. Run them as well, or say that they are meant to go',
    )
  }
}

/** The baseline as a file: sorted, and one line a task, so that a diff shows which tasks changed. */
export function renderBaseline(baseline: Baseline): string {
  const setups = sorted(baseline.setups).map(([name, { fingerprint: content, accepted, tasks }]) =>
    block(
      `    ${JSON.stringify(name)}: `,
      [
        `      "fingerprint": ${JSON.stringify(content)}`,
        block(
          '      "accepted": ',
          Object.entries(accepted).map(
            ([key, value]) => `        ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
          ),
          '      ',
        ),
        block(
          '      "tasks": ',
          sorted(tasks).map(([task, counts]) => `        ${JSON.stringify(task)}: ${JSON.stringify(counts)}`),
          '      ',
        ),
      ],
      '    ',
    ),
  )
  const lines = [
    `  "schemaVersion": ${baseline.schemaVersion}`,
    `  "suite": ${JSON.stringify(baseline.suite)}`,
    block('  "setups": ', setups, '  '),
  ]
  return `${block('', lines, '')}\n`
}

function block(head: string, lines: readonly string[], indent: string): string {
  return lines.length === 0 ? `${head}{}` : `${head}{\n${lines.join(',\n')}\n${indent}}`
}

function sorted<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1))
}
