import type { Change, SideTask, TaskChange } from '../model/report.ts'
import { atMost, taskLevel, type Evidence } from './evidence.ts'
import { comparableTasks, type PairedTask, type TaskPair } from './paired-tasks.ts'
import { fisherTest } from './stats/fisher.ts'
import { differenceOf } from './stats/interval.ts'
import { rateOf } from './stats/pair.ts'
import { count, plural, when } from './words.ts'

/** One-sided level at which a task stands out on its own, without a correction for how many tasks there are. */
const standsOut = 0.05

/** One-sided level up to which a task is under suspicion, so that nobody may call it unchanged. */
const suspicious = 0.2

/**
 * What changed, task by task. A task is named *regressed* or *improved* only if Fisher's exact test says so after Holm's
 * correction over all compared tasks, at 1 %. It is *unchanged* if a collapse would have shown, and nothing hints at a
 * change: had the candidate passed at most one trial (or, where the base has nothing to lose, failed at most one), Fisher's
 * p would have been at most 5 %; and the p of what was seen is above 20 % in either direction. Anything else is
 * *inconclusive*.
 */
export function taskChanges(paired: readonly PairedTask[], evidence: Evidence | null): TaskChange[] {
  const places = new Map(comparableTasks(paired).map(({ task }, i) => [task, i]))
  const adjusted = (side: 'taskRegressed' | 'taskImproved', task: string): number =>
    evidence?.[side][places.get(task) ?? -1] ?? 1
  return paired.map(entry =>
    entry.kind === 'comparable'
      ? compared(entry, adjusted('taskRegressed', entry.task), adjusted('taskImproved', entry.task))
      : uncompared(entry),
  )
}

function compared(pair: TaskPair, regressed: number, improved: number): TaskChange {
  const change = classify(pair, regressed, improved)
  return {
    task: pair.task,
    change,
    base: countsOf(pair.base),
    candidate: countsOf(pair.candidate),
    delta: differenceOf(pair),
    flipped: flipped(pair),
    suspected: hints(pair, suspicious),
    warnings: warningsOf(pair, change),
  }
}

function classify(pair: TaskPair, regressed: number, improved: number): Change {
  if (atMost(regressed, taskLevel)) return 'regressed'
  if (atMost(improved, taskLevel)) return 'improved'
  return !hints(pair, suspicious) && collapseWouldShow(pair) ? 'unchanged' : 'inconclusive'
}

function hints(pair: TaskPair, level: number): boolean {
  const { regressed, improved } = fisherTest(pair)
  return atMost(Math.min(regressed, improved), level)
}

function collapseWouldShow({ base, candidate }: TaskPair): boolean {
  const trials = candidate.graded
  const withPasses = (passed: number): ReturnType<typeof fisherTest> =>
    fisherTest({ base, candidate: { passed, graded: trials } })
  return atMost(withPasses(1).regressed, standsOut) || atMost(withPasses(trials - 1).improved, standsOut)
}

function flipped({ base, candidate }: TaskPair): boolean {
  const [before, after] = [rateOf(base) - 0.5, rateOf(candidate) - 0.5]
  return before * after < 0
}

function warningsOf(pair: TaskPair, change: Change): string[] {
  const { base, candidate } = pair
  const alone = change === 'inconclusive' && hints(pair, standsOut)
  return [
    ...when(
      alone,
      `Stands out on its own (${arrow(pair)}), but so may one of several tasks by chance: run more trials of this task to be sure.`,
    ),
    ...when(
      change === 'inconclusive' && !alone && !collapseWouldShow(pair),
      `${count(candidate.graded, 'trial')} against ${base.graded} in the base cannot show even a collapse of this task: run more trials.`,
    ),
    ...when(
      candidate.errored > 0,
      `${count(candidate.errored, 'trial')} errored and ${plural(candidate.errored, 'is', 'are')} not counted: see why, then resume the run.`,
    ),
  ]
}

type Uncompared = Exclude<PairedTask, { kind: 'comparable' }>

function uncompared({ kind, task, base, candidate }: Uncompared): TaskChange {
  return {
    task,
    change: kind === 'added' || kind === 'removed' ? kind : 'incomparable',
    base: base && countsOf(base),
    candidate: candidate && countsOf(candidate),
    delta: null,
    flipped: false,
    suspected: false,
    warnings: [whyUncompared[kind]],
  }
}

const whyUncompared: Record<Uncompared['kind'], string> = {
  ungraded: 'Nothing was graded on one side: see why its trials errored, then resume that run.',
  differs: 'The task itself is not the same on both sides: accept a new baseline, or restore the task.',
  added: 'New: the base does not have it. Accept a new baseline to have it compared.',
  removed: 'The candidate does not have it: run it again, or accept a new baseline without it.',
}

function countsOf({ passed, graded, errored }: SideTask): {
  passed: number
  graded: number
  errored: number
} {
  return { passed, graded, errored }
}

/** `5/5 -> 1/5` */
export function arrow({ base, candidate }: TaskPair): string {
  return `${base.passed}/${base.graded} -> ${candidate.passed}/${candidate.graded}`
}
