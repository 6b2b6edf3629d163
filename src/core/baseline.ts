import { UserError } from '../errors.ts'
import {
  baselineSchemaVersion,
  type Baseline,
  type BaselineSetup,
  type BaselineTask,
} from '../model/baseline.ts'
import type { Side } from '../model/report.ts'
import type { RunManifest } from '../model/run.ts'
import type { Trial } from '../model/trial.ts'
import { fingerprint } from './fingerprint.ts'
import { missingTrials } from './missing.ts'
import { sideOfRun } from './sides.ts'

/** Who accepts what, told from outside. */
export interface Accepting {
  /** ISO 8601. */
  at: string
  by: string | null
  reason: string
  /** SHA-256 of the run's trials.jsonl. */
  runDigest: string
}

/** How a run is accepted where there is a baseline already. */
export interface AcceptOptions {
  /** Also a run that lacks planned trials, or tasks that were accepted before. */
  partial?: boolean
  /** Takes the place of what was measured before of the same setup, rather than joining it. */
  replace?: boolean
  /** What is accepted now is the new anchor. */
  newAnchor?: boolean
}

/**
 * The baseline after the named setups of a run were accepted into it; other setups stay as they are. More trials of the same
 * setup and task join those that were accepted before: a baseline that grows is better than the luckiest run. Throws UserError
 * where a task has nothing graded, where the run is in the baseline already, and, unless `partial` says that it is meant,
 * where the run lacks planned trials or tasks that were accepted before: a gate would no longer see them.
 */
export function acceptBaseline(
  existing: Baseline | null,
  manifest: RunManifest,
  trials: readonly Trial[],
  setups: readonly string[],
  acceptance: Accepting,
  { partial = false, replace = false, newAnchor = false }: AcceptOptions = {},
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
    const ran = sideOfRun(manifest, trials, setup)
    const replaced = before.get(setup) ?? null
    const more = !replace && replaced !== null && joins(ran, replaced)
    const leftOut = more ? leftOutByGate(manifest, ran, replaced) : {}
    const side = { ...ran, tasks: { ...ran.tasks, ...leftOut } }
    refuseUngraded(ran, manifest.id)
    refuseUnproven(side)
    if (!partial) refusePartial(side, manifest, trials, replaced)
    if (more) refuseTwice(replaced, acceptance, manifest.id)
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
      pooled: more ? [...digestsOf(replaced), acceptance.runDigest] : [],
      conditions: side.conditions,
      anchor: newAnchor || !replaced ? null : (replaced.anchor ?? frozen(replaced)),
      tasks: more ? { ...poolTasks(replaced.tasks, ran.tasks), ...leftOut } : side.tasks,
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

/** Whether a run's trials are more of what was accepted before. */
function joins(side: Side, before: BaselineSetup): boolean {
  const alike = before.conditions === null || fingerprint(before.conditions) === fingerprint(side.conditions)
  return alike && before.fingerprint === side.setupFingerprint
}

/** Tasks that a gate did not run because they never passed and cannot get worse: of these the baseline keeps what it has. */
function leftOutByGate(manifest: RunManifest, side: Side, before: BaselineSetup): BaselineSetup['tasks'] {
  if (manifest.adaptive === null) return {}
  const kept = Object.entries(before.tasks).filter(
    ([task, { passed, fingerprint: content }]) =>
      passed === 0 && !Object.hasOwn(side.tasks, task) && manifest.tasks[task]?.fingerprint === content,
  )
  return Object.fromEntries(kept)
}

function digestsOf({ pooled, accepted }: BaselineSetup): string[] {
  return pooled.length > 0 ? pooled : [accepted.runDigest]
}

function refuseTwice(before: BaselineSetup, { runDigest }: Accepting, runId: string): void {
  if (!digestsOf(before).includes(runDigest)) return
  throw new UserError(
    `run ${runId} is in the baseline already: its trials would count twice. Accept another run of the same setup to make the baseline grow`,
  )
}

function frozen({ fingerprint: content, accepted, tasks }: BaselineSetup): BaselineSetup['anchor'] {
  return { fingerprint: content, accepted, tasks }
}

/** Tasks that are still the same have the trials of both; others only those of now. */
function poolTasks(
  before: Readonly<Record<string, BaselineTask>>,
  now: Readonly<Record<string, BaselineTask>>,
): Record<string, BaselineTask> {
  return Object.fromEntries(
    Object.entries(now).map(([task, counts]) => {
      const earlier = Object.hasOwn(before, task) ? before[task] : undefined
      return [task, earlier?.fingerprint === counts.fingerprint ? pooled(earlier, counts) : counts]
    }),
  )
}

function pooled(a: BaselineTask, b: BaselineTask): BaselineTask {
  return {
    fingerprint: b.fingerprint,
    passed: a.passed + b.passed,
    graded: a.graded + b.graded,
    errored: a.errored + b.errored,
    meanScore: meanOf(a, b),
    costUsd: [...a.costUsd, ...b.costUsd],
    tokens: [...a.tokens, ...b.tokens],
    durationMs: [...a.durationMs, ...b.durationMs],
    turns: [...(a.turns ?? []), ...(b.turns ?? [])],
    scores: [...(a.scores ?? []), ...(b.scores ?? [])],
  }
}

function meanOf(a: BaselineTask, b: BaselineTask): number | null {
  if (a.meanScore === null || b.meanScore === null) return a.meanScore ?? b.meanScore
  return (a.meanScore * a.graded + b.meanScore * b.graded) / (a.graded + b.graded)
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
        'Accepting it would take them out of the gate. Run them as well (a gate does so with --fixed), or say with --partial that they are meant to go',
    )
  }
}

/** The baseline as a file: sorted, and one line a task, so that a diff shows which tasks changed. */
export function renderBaseline(baseline: Baseline): string {
  const setups = sorted(baseline.setups).map(([name, { pooled: digests, conditions, anchor, ...rest }]) =>
    block(
      `    ${JSON.stringify(name)}: `,
      [
        ...acceptedLines(rest, '      '),
        // What says nothing is left out.
        ...(digests.length === 0 ? [] : [`      "pooled": ${JSON.stringify(digests)}`]),
        ...(conditions === null ? [] : [`      "conditions": ${JSON.stringify(conditions)}`]),
        ...(anchor === null ? [] : [block('      "anchor": ', acceptedLines(anchor, '        '), '      ')]),
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

function acceptedLines(
  { fingerprint: content, accepted, tasks }: Pick<BaselineSetup, 'fingerprint' | 'accepted' | 'tasks'>,
  indent: string,
): string[] {
  const entry = ([key, value]: [string, unknown]): string =>
    `${indent}  ${JSON.stringify(key)}: ${JSON.stringify(value)}`
  return [
    `${indent}"fingerprint": ${JSON.stringify(content)}`,
    block(`${indent}"accepted": `, Object.entries(accepted).map(entry), indent),
    block(`${indent}"tasks": `, sorted(tasks).map(entry), indent),
  ]
}

function block(head: string, lines: readonly string[], indent: string): string {
  return lines.length === 0 ? `${head}{}` : `${head}{\n${lines.join(',\n')}\n${indent}}`
}

function sorted<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1))
}
