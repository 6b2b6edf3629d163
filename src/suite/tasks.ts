import type { GraderSpec, Limits, Task } from '../model/suite.ts'
import { didYouMean } from '../util/nearest.ts'
import { check, checkMapping, type Checking } from './check.ts'
import { readPluginFiles } from './plugin-files.ts'
import { readText, type Reading } from './reading.ts'
import type { partsOf, Plugins, TaskDraft } from './schema.ts'
import { blameKey, blameValue, inside, isThere, valueAt, type Spot } from './spot.ts'
import { quoted } from './words.ts'

/** What a task needs to know of its suite. */
export interface TaskSurroundings {
  parts: ReturnType<typeof partsOf>
  graders: Plugins['graders']
  sources: ReadonlySet<string>
  limits: Limits
  checking: Checking
  reading: Reading
}

/** A task whose source is not yet pinned. */
export type CheckedTask = Omit<Task, 'fingerprint'>

/** Checks all tasks, and reads the files that they name. A task with a mistake may be left out of what comes back. */
export function checkTasks(all: Spot, surroundings: TaskSurroundings): CheckedTask[] {
  const value = valueAt(all)
  const first = new Map<string, number>()
  const tasks: CheckedTask[] = []
  for (const index of Array.isArray(value) ? value.keys() : []) {
    if (surroundings.checking.mistakes.areEnough()) break
    const spot = inside(all, index)
    const draft = checkMapping(surroundings.parts.task, spot, surroundings.checking)
    if (!draft) continue
    if (draft.id !== undefined) {
      const before = first.get(draft.id)
      if (before === undefined) first.set(draft.id, index)
      else tellDuplicate(draft.id, spot, before, surroundings)
    }
    const task = checkTask(draft, spot, surroundings)
    if (task) tasks.push(task)
  }
  return tasks
}

function tellDuplicate(id: string, spot: Spot, before: number, { checking }: TaskSurroundings): void {
  blameValue(
    checking.mistakes,
    inside(spot, 'id'),
    () => `duplicate task id ${quoted(id)}: task number ${before + 1} has it already`,
  )
}

function checkTask(
  draft: Omit<TaskDraft, 'graders'>,
  spot: Spot,
  surroundings: TaskSurroundings,
): CheckedTask | null {
  const { limits, checking, reading } = surroundings
  const source = sourceOf(draft, spot, surroundings)
  const prompt = promptOf(draft.prompt, inside(spot, 'prompt'), reading)
  const reference =
    draft.reference === undefined ? null : readText(draft.reference, inside(spot, 'reference'), reading)
  if (isThere(inside(spot, 'reference')) && isThere(inside(spot, 'fix'))) {
    blameKey(
      checking.mistakes,
      inside(spot, 'fix'),
      () => '"fix" and "reference" exclude each other: both say how the task is solved',
    )
  }
  const graders = gradersOf(inside(spot, 'graders'), surroundings)
  if (
    draft.id === undefined ||
    source === null ||
    prompt === undefined ||
    reference === undefined ||
    !draft.tags
  )
    return null
  return {
    id: draft.id,
    source,
    prompt,
    tags: draft.tags,
    limits: mergeLimits(limits, draft.limits),
    graders,
    reference,
    fix: draft.fix ?? null,
  }
}

/** Limits of a suite or task, its keys before those it inherits. What nobody gave is not there, and in no fingerprint. */
export function mergeLimits(inherited: Limits, own: TaskDraft['limits']): Limits {
  const memoryBytes = own?.memory ?? inherited.memoryBytes
  const cpus = own?.cpus ?? inherited.cpus
  const processes = own?.processes ?? inherited.processes
  const maxTokens = own?.maxTokens ?? inherited.maxTokens
  const maxCallsPerMinute = own?.maxCallsPerMinute ?? inherited.maxCallsPerMinute
  return {
    timeoutMs: own?.timeout ?? inherited.timeoutMs,
    maxCostUsd: own?.maxCostUsd ?? inherited.maxCostUsd,
    maxTurns: own?.maxTurns ?? inherited.maxTurns,
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(maxCallsPerMinute === undefined ? {} : { maxCallsPerMinute }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(cpus === undefined ? {} : { cpus }),
    ...(processes === undefined ? {} : { processes }),
  }
}

function sourceOf(
  draft: Pick<TaskDraft, 'source'>,
  spot: Spot,
  { sources, checking }: TaskSurroundings,
): string | null {
  const { source } = draft
  const [only] = [...sources].slice(0, 1)
  if (source === undefined) {
    if (isThere(inside(spot, 'source')) || sources.size === 0) return null
    if (sources.size === 1 && only !== undefined) return only
    blameKey(
      checking.mistakes,
      inside(spot, 'source'),
      () => `missing key "source": the suite has several (${[...sources].slice(0, 10).join(', ')})`,
    )
    return null
  }
  if (sources.has(source)) return source
  blameValue(
    checking.mistakes,
    inside(spot, 'source'),
    () => `unknown source ${quoted(source)}${didYouMean(source, sources)}`,
  )
  return null
}

function promptOf(prompt: TaskDraft['prompt'], spot: Spot, reading: Reading): string | undefined {
  if (prompt === undefined || typeof prompt === 'string') return prompt
  return readText(prompt.file, inside(spot, 'file'), reading)
}

function gradersOf(all: Spot, surroundings: TaskSurroundings): GraderSpec[] {
  const { parts, graders, checking, reading } = surroundings
  const { mistakes } = checking
  const value = valueAt(all)
  if (!Array.isArray(value)) return []
  const specs: GraderSpec[] = []
  for (const index of value.keys()) {
    const spot = inside(all, index)
    const entry = check(parts.grader, spot, checking)
    if (!entry) continue
    const { type, config, weight, required, name = type } = entry
    if (specs.some(other => other.name === name)) tellSameName(name, spot, checking)
    const files = readPluginFiles(graders[type]?.files?.(config) ?? [], spot, reading)
    specs.push({ type, config, files: files ?? {}, name, weight, required })
  }
  if (specs.length === value.length && value.length > 0 && !specs.some(({ required }) => required)) {
    blameValue(
      mistakes,
      all,
      () => 'expected at least one grader that is required: without one no trial could fail',
    )
  }
  return specs
}

function tellSameName(name: string, spot: Spot, { mistakes }: Checking): void {
  const named = inside(spot, 'name')
  const message = (): string => `a second grader of the name ${quoted(name)}: give it a "name" of its own`
  if (isThere(named)) blameValue(mistakes, named, message)
  else blameValue(mistakes, inside(spot, 'type'), message)
}
