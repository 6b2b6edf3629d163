import type { Baseline } from '../../model/baseline.ts'
import type { Suite } from '../../model/suite.ts'
import type { TrialSpec } from '../../model/trial.ts'
import { someOf, when } from '../words.ts'

/** Why a gate over these trials cannot decide by its results what to run: it would come to no verdict. In half sentences. */
export function adaptiveObstacles(suite: Suite, specs: readonly TrialSpec[], baseline: Baseline): string[] {
  const setups = [...new Set(specs.map(({ setup }) => setup))]
  const planned = new Set(specs.map(({ task }) => task))
  const tasks = new Map(
    suite.tasks.filter(({ id }) => planned.has(id)).map(task => [task.id, task.fingerprint]),
  )
  const unknown = setups.filter(setup => !Object.hasOwn(baseline.setups, setup))
  const known = setups.flatMap(setup => Object.entries(baseline.setups[setup]?.tasks ?? {}))
  const names = (wanted: (id: string, fingerprint: string) => boolean): string[] => [
    ...new Set(known.filter(([id, before]) => wanted(id, before.fingerprint)).map(([id]) => id)),
  ]
  const missing = names(id => !tasks.has(id))
  const differing = names((id, fingerprint) => tasks.has(id) && tasks.get(id) !== fingerprint)
  return [
    ...when(unknown.length > 0, `nothing was accepted for setup ${someOf(unknown)}`),
    ...when(missing.length > 0, `not every task of the baseline is run: ${someOf(missing)}`),
    ...when(differing.length > 0, `tasks have changed since: ${someOf(differing)}`),
    ...when(
      known.length > 0 && known.every(([, { graded }]) => graded === 0),
      'the baseline has nothing graded',
    ),
  ]
}
