import { differences } from '../core/differences.ts'
import { fingerprint } from '../core/fingerprint.ts'
import type { Baseline } from '../model/baseline.ts'
import type { RuleChange } from '../model/rules.ts'
import type { Source, Suite, Task } from '../model/suite.ts'
import { canonicalJson } from '../util/json.ts'
import { guardedDifferences } from './under-test.ts'

/** A suite and the baseline that its gate names: null where there is none that can be read. */
export interface RuleSet {
  suite: Suite
  baseline: Baseline | null
}

type Change = Omit<RuleChange, 'approved'>

/** Parts of a suite that are looked at one by one, and those that judge nothing. Every other key is a rule of its own. */
const apart = ['tasks', 'setups', 'sources', 'gate', 'baseline']
const judgesNothing = ['file', 'fingerprint', 'description', 'tags', 'vary']

/** The rules of a suite that are single values, by name, also those that suites may come to have. */
export function plainRules({ gate, ...suite }: Suite): Record<string, unknown> {
  return Object.fromEntries(
    [...Object.entries(suite), ...Object.entries(gate)].filter(
      ([key]) => !apart.includes(key) && !judgesNothing.includes(key),
    ),
  )
}

/** Every rule in which head differs from base, in a steady order. Pure. */
export function ruleChanges(base: RuleSet, head: RuleSet): Change[] {
  return [
    ...taskChanges(base.suite, head.suite),
    ...setupChanges(base.suite, head.suite),
    ...plainChanges(plainRules(base.suite), plainRules(head.suite)),
    ...baselineChanges(base, head),
  ]
}

function taskChanges(base: Suite, head: Suite): Change[] {
  const before = new Map(base.tasks.map(task => [task.id, task]))
  const after = new Map(head.tasks.map(task => [task.id, task]))
  const added = head.tasks.filter(({ id }) => !before.has(id))
  return [...before.keys(), ...added.map(({ id }) => id)].flatMap(id => {
    const [old, now] = [before.get(id), after.get(id)]
    const item = `task:${id}`
    if (!now) {
      const same = added.find(other => other.fingerprint === old?.fingerprint)
      return change(item, old, now, same ? [`it is now called ${same.id}`] : [])
    }
    if (!old) return change(item, old, now, [])
    if (old.fingerprint === now.fingerprint) return []
    return change(item, old, now, differences(judged(base, old), judged(head, now)))
  })
}

/** What the fingerprint of a task is made of, with graders by name. */
function judged(suite: Suite, task: Task): unknown {
  const { prompt, limits, fix } = task
  const graders = Object.fromEntries(task.graders.map(({ name, ...grader }) => [name, grader]))
  const source = suite.sources[task.source]
  return {
    prompt,
    limits,
    fix,
    graders,
    source: source && sourceRules(source),
  }
}

function sourceRules({ commit, history, prepare, prepareReads, image }: Source): unknown {
  return { commit, history, prepare, prepareReads, image }
}

function setupChanges(base: Suite, head: Suite): Change[] {
  const names = new Set([...Object.keys(base.setups), ...Object.keys(head.setups)])
  return [...names].flatMap(name => {
    const [old, now] = [base.setups[name], head.setups[name]]
    const details = old && now ? guardedDifferences(old, now) : []
    return old && now && details.length === 0 ? [] : change(`setup:${name}`, old, now, details)
  })
}

function plainChanges(base: Record<string, unknown>, head: Record<string, unknown>): Change[] {
  return [...new Set([...Object.keys(base), ...Object.keys(head)])]
    .filter(key => canonicalJson(base[key] ?? null) !== canonicalJson(head[key] ?? null))
    .flatMap(key => ({
      ...changeOf(key, base[key], head[key], differences(base[key], head[key])),
      // A rule that the base did not have is still one that it had at its default.
      change: 'changed' as const,
    }))
}

function baselineChanges(base: RuleSet, head: RuleSet): Change[] {
  const of = ({ suite, baseline }: RuleSet): unknown => ({ file: suite.gate.baseline, baseline })
  if (canonicalJson(of(base)) === canonicalJson(of(head))) return []
  const details = differences(
    { file: base.suite.gate.baseline, ...countsOf(base.baseline) },
    { file: head.suite.gate.baseline, ...countsOf(head.baseline) },
  )
  const lost = head.baseline === null ? ['it is missing or cannot be read'] : details
  return [
    { ...changeOf('baseline', of(base), of(head), lost), change: head.baseline ? 'changed' : 'removed' },
  ]
}

/** `guided.add: 6/6` */
function countsOf(baseline: Baseline | null): Record<string, Record<string, string>> {
  return Object.fromEntries(
    Object.entries(baseline?.setups ?? {}).map(([setup, { tasks }]) => [
      setup,
      Object.fromEntries(
        Object.entries(tasks).map(([id, { passed, graded }]) => [id, `${passed}/${graded}`]),
      ),
    ]),
  )
}

function change(item: string, base: unknown, head: unknown, details: string[]): Change[] {
  return [changeOf(item, base, head, details)]
}

function changeOf(item: string, base: unknown, head: unknown, details: string[]): Change {
  return {
    item,
    change: base === undefined ? 'added' : head === undefined ? 'removed' : 'changed',
    details,
    fingerprint: fingerprint([base ?? null, head ?? null]),
  }
}
