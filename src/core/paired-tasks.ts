import type { Side, SideTask } from '../model/report.ts'
import type { Pair } from './stats/pair.ts'

/**
 * One task as both sides know it.
 * - `comparable`: the same task, something graded on both sides
 * - `ungraded`: the same task, nothing graded on at least one side
 * - `differs`: another task under the same id: its fingerprint is not the same
 */
export type PairedTask =
  | { kind: 'comparable'; task: string; base: SideTask; candidate: SideTask }
  | { kind: 'ungraded' | 'differs'; task: string; base: SideTask; candidate: SideTask }
  | { kind: 'added'; task: string; base: null; candidate: SideTask }
  | { kind: 'removed'; task: string; base: SideTask; candidate: null }

/** A task that can be compared. */
export interface TaskPair extends Pair {
  task: string
  base: SideTask
  candidate: SideTask
}

/** Pairs two sides task by task, in the order of the ids. */
export function pairTasks(base: Side, candidate: Side): PairedTask[] {
  const ids = [...new Set([...Object.keys(base.tasks), ...Object.keys(candidate.tasks)])].toSorted()
  return ids.flatMap((task): PairedTask[] => {
    const before = own(base.tasks, task)
    const after = own(candidate.tasks, task)
    if (before && after) return [{ kind: kindOf(before, after), task, base: before, candidate: after }]
    if (after) return [{ kind: 'added', task, base: null, candidate: after }]
    return before ? [{ kind: 'removed', task, base: before, candidate: null }] : []
  })
}

/** Those tasks that can be compared. */
export function comparableTasks(paired: readonly PairedTask[]): TaskPair[] {
  return paired.filter(entry => entry.kind === 'comparable')
}

function kindOf(base: SideTask, candidate: SideTask): 'comparable' | 'ungraded' | 'differs' {
  if (base.fingerprint !== candidate.fingerprint) return 'differs'
  return base.graded === 0 || candidate.graded === 0 ? 'ungraded' : 'comparable'
}

/** A task may have the name of something that every object inherits. */
function own(tasks: Readonly<Record<string, SideTask>>, task: string): SideTask | undefined {
  return Object.hasOwn(tasks, task) ? tasks[task] : undefined
}
