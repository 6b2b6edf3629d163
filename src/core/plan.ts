import { UserError } from '../errors.ts'
import type { Suite, Task } from '../model/suite.ts'
import type { TrialSpec } from '../model/trial.ts'
import { matcher } from '../util/glob.ts'
import { sha256 } from '../util/json.ts'
import { formatTrialId, parseTrialId } from './trial-id.ts'

/** What part of a suite to run, and how often. Whatever is left out is the suite's own. */
export interface PlanOptions {
  /** Ids of tasks, or globs over them. */
  tasks?: readonly string[]
  /** Names of setups, or globs over them. */
  setups?: readonly string[]
  /** A task is taken if it has any of them. */
  tags?: readonly string[]
  /** Trials of each setup at each task. */
  trials?: number
}

/** More is a slip of the hand: it would take days, and more memory than there is. */
const mostTrials = 200_000

/**
 * All trials of a run, in the order in which they should start: the trial index outermost, then tasks, then setups, so
 * that a drift of the day hits all setups alike. The order of the setups rotates, so that none is always first.
 * Throws UserError for a filter that matches nothing.
 */
export function plan(suite: Suite, options: PlanOptions = {}): TrialSpec[] {
  const trials = options.trials ?? suite.trials
  if (!Number.isSafeInteger(trials) || trials < 1)
    throw new UserError(`number of trials must be a whole number of at least 1, got ${trials}`)
  const tasks = chooseTasks(suite.tasks, options)
  const setups = chooseNames(Object.keys(suite.setups), options.setups, 'setup')
  const total = trials * tasks.length * setups.length
  if (total > mostTrials)
    throw new UserError(
      `${total} trials are more than one run can hold (${mostTrials}): choose fewer trials, tasks or setups`,
    )

  return Array.from({ length: trials }, (_, index) =>
    tasks.flatMap((task, position) =>
      rotate(setups, position + index).map(setup => specOf(formatTrialId({ task, setup, index }))),
    ),
  ).flat()
}

/** The trial that an id of a plan stands for. Its seed comes from the id alone. */
export function specOf(id: string): TrialSpec {
  return { id, ...parseTrialId(id), seed: Number.parseInt(sha256(id).slice(0, 8), 16) }
}

function rotate<T>(items: readonly T[], by: number): T[] {
  const start = by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}

function chooseTasks(tasks: readonly Task[], options: PlanOptions): string[] {
  const ids = new Set(
    chooseNames(
      tasks.map(task => task.id),
      options.tasks,
      'task',
    ),
  )
  const tagged = tasksWithTags(tasks, options.tags)
  const chosen = tasks.filter(task => ids.has(task.id) && tagged.has(task)).map(task => task.id)
  if (chosen.length === 0) {
    const taggedIds = [...tagged].map(task => task.id)
    throw new UserError(
      `no task matches both ${quoteAll(options.tasks ?? [])} and the tag ${quoteAll(options.tags ?? [])}, ` +
        `tasks with such a tag: ${taggedIds.join(', ')}`,
    )
  }
  return chosen
}

function tasksWithTags(tasks: readonly Task[], tags: readonly string[] = []): Set<Task> {
  if (tags.length === 0) return new Set(tasks)
  const known = [...new Set(tasks.flatMap(task => task.tags))].toSorted()
  for (const tag of tags) {
    if (!known.includes(tag))
      throw new UserError(
        `no task has the tag "${tag}", known: ${known.join(', ') || 'none, no task has a tag'}`,
      )
  }
  return new Set(tasks.filter(task => task.tags.some(tag => tags.includes(tag))))
}

/** The names that match any of the filters, in their own order; all of them without a filter. */
function chooseNames(names: readonly string[], filters: readonly string[] = [], noun: string): string[] {
  if (filters.length === 0) return [...names]
  const chosen = new Set<string>()
  for (const filter of filters) {
    const matching = filter === '' ? [] : names.filter(matcher([filter]))
    if (matching.length === 0)
      throw new UserError(`no ${noun} matches ${quoteAll([filter])}, known: ${names.join(', ')}`)
    for (const name of matching) chosen.add(name)
  }
  return names.filter(name => chosen.has(name))
}

function quoteAll(texts: readonly string[]): string {
  return texts.map(text => `"${text}"`).join(', ')
}
