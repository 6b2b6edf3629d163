import type { ResourceLimits } from '../contracts.ts'
import type { Limiting } from '../model/run.ts'
import type { Suite } from '../model/suite.ts'
import type { TrialSpec } from '../model/trial.ts'
import { describeResources, resourcesOf } from '../trial/resources.ts'
import { enforcement } from '../util/limits.ts'

/** What the planned tasks ask for of memory, processors and processes, in words, one for each combination. */
export function askedLimits(suite: Suite, specs: readonly TrialSpec[]): string[] {
  const asked = plannedLimits(suite, specs).map(limit => describeResources(limit).join(', '))
  return [...new Set(asked.filter(text => text !== ''))]
}

/** The same, and how well this machine can see to it. */
export async function limitingOf(suite: Suite, specs: readonly TrialSpec[]): Promise<Limiting> {
  const limits = plannedLimits(suite, specs)
  const asked = askedLimits(suite, specs)
  const anyOf = (values: (number | undefined)[]): number | undefined =>
    values.find(value => value !== undefined)
  const any = {
    memoryBytes: anyOf(limits.map(({ memoryBytes }) => memoryBytes)),
    cpus: anyOf(limits.map(({ cpus }) => cpus)),
    processes: anyOf(limits.map(({ processes }) => processes)),
  }
  const { by, missing } = await enforcement(asked.length === 0 ? { processes: 1 } : any)
  const words = { memoryBytes: 'memory', cpus: 'cpus', processes: 'processes' }
  return { by, asked, missing: asked.length === 0 ? [] : missing.map(name => words[name]) }
}

function plannedLimits(suite: Suite, specs: readonly TrialSpec[]): ResourceLimits[] {
  const planned = new Set(specs.map(spec => spec.task))
  return suite.tasks.filter(task => planned.has(task.id)).map(task => resourcesOf(task.limits))
}
