import { Suite, type Source, type Task } from '../model/suite.ts'
import { canonicalJson } from '../util/json.ts'
import { suiteFingerprint } from './fingerprints.ts'
import { plainRules } from './rule-changes.ts'
import { setupUnderTest } from './under-test.ts'

/** Whether somebody has agreed to what head has in place of an item of `ruleChanges`. */
type IsApproved = (item: string) => boolean

/**
 * The suite that a gate runs: base's, with what is under test from head. Whatever else differs is head's only where it is
 * approved, also its being new or gone. Pure.
 */
export function combineSuites(base: Suite, head: Suite, isApproved: IsApproved): Suite {
  const { tasks, sources } = combineTasks(base, head, isApproved)
  const setups = combineSetups(base, head, isApproved)
  const approved = Object.entries(plainRules(head)).filter(([key]) => isApproved(key))
  const rulesOf = (owner: object): Record<string, unknown> =>
    Object.fromEntries(approved.filter(([key]) => Object.hasOwn(owner, key)))
  return Suite.parse({
    ...base,
    ...rulesOf(head),
    gate: {
      ...base.gate,
      ...rulesOf(head.gate),
      baseline: (isApproved('baseline') ? head : base).gate.baseline,
    },
    file: head.file,
    tasks,
    sources,
    setups,
    fingerprint: suiteFingerprint(tasks, setups),
  })
}

/** Base's setups in their order, then those that are new and approved. */
function combineSetups(base: Suite, head: Suite, isApproved: IsApproved): Suite['setups'] {
  const kept = Object.entries(base.setups).flatMap(([name, old]) => {
    const now = head.setups[name]
    if (isApproved(`setup:${name}`)) return now ? [now] : []
    return [now ? setupUnderTest(old, now) : old]
  })
  const added = Object.values(head.setups).filter(
    ({ name }) => !Object.hasOwn(base.setups, name) && isApproved(`setup:${name}`),
  )
  return Object.fromEntries([...kept, ...added].map(setup => [setup.name, setup]))
}

/** The same for tasks. Those from head bring their sources, under another name where base's differ. */
function combineTasks(base: Suite, head: Suite, isApproved: IsApproved): Pick<Suite, 'tasks' | 'sources'> {
  const sources = { ...base.sources }
  const fromHead = (task: Task): Task => {
    const source = head.sources[task.source]
    if (!source) throw new Error(`source ${task.source} of task ${task.id} is not in its suite`)
    return { ...task, source: addSource(sources, source) }
  }
  const before = new Set(base.tasks.map(({ id }) => id))
  const approved = head.tasks.filter(({ id }) => isApproved(`task:${id}`))
  const kept = base.tasks.flatMap(task => {
    if (!isApproved(`task:${task.id}`)) return [task]
    return approved.filter(({ id }) => id === task.id).map(fromHead)
  })
  const added = approved.filter(({ id }) => !before.has(id)).map(fromHead)
  return { tasks: [...kept, ...added], sources }
}

function addSource(sources: Record<string, Source>, source: Source): string {
  let { name } = source
  for (;;) {
    const known = sources[name]
    const named = { ...source, name }
    if (known && canonicalJson(known) !== canonicalJson(named)) name = `${name}.head`
    else {
      sources[name] = named
      return name
    }
  }
}
