import type { Trial } from '../../model/trial.ts'
import { sum } from '../stats/pair.ts'
import type { AdaptiveTrial, TrialSide } from './slots.ts'

/**
 * What an adaptive gate knows of the stored rows of one setup. A trial that was started again has several rows, in the order in
 * which they were stored: the last one tells how it ended, each errored one counts as an error, and all that is known of what they
 * cost counts.
 */
export function adaptiveTrials(rows: readonly Trial[], setup: string, side: TrialSide): AdaptiveTrial[] {
  const byId = new Map<string, Trial[]>()
  for (const row of rows) if (row.setup === setup) byId.set(row.id, [...(byId.get(row.id) ?? []), row])
  return [...byId.values()].flatMap((starts): AdaptiveTrial[] => {
    const last = starts.at(-1)
    if (!last) return []
    const costs = starts.flatMap(({ attempt }) => attempt?.costUsd ?? [])
    return [
      {
        task: last.task,
        side,
        index: last.index,
        result: last.status === 'errored' ? 'errored' : last.pass ? 'passed' : 'failed',
        errors: starts.filter(({ status }) => status === 'errored').length,
        costUsd: costs.length > 0 ? sum(costs) : null,
      },
    ]
  })
}
