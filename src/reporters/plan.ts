import type { Suite } from '../model/suite.ts'
import type { TrialSpec } from '../model/trial.ts'
import { count, formatDuration } from './format.ts'

/** What a run would do, for `--dry-run`. */
export function describePlan(
  suite: Suite,
  specs: readonly TrialSpec[],
  resources: readonly string[],
): string {
  const tasks = [...new Set(specs.map(spec => spec.task))]
  const setups = [...new Set(specs.map(spec => spec.setup))]
  const each = specs.length / (tasks.length * setups.length)
  const chosen = suite.tasks.filter(task => tasks.includes(task.id))
  const longest = Math.max(...chosen.map(task => task.limits.timeoutMs))
  const spend = chosen.map(task => task.limits.maxCostUsd)
  const most = spend.every(limit => limit !== null)
    ? `at most $${(spend.reduce((sum, limit) => sum + limit, 0) * setups.length * each).toFixed(2)} where the harness sees the cost while it runs`
    : 'no limit on the cost (limits: { maxCostUsd: … })'
  return [
    `${count(specs.length, 'trial')}: ${count(tasks.length, 'task')} × ${count(setups.length, 'setup')} × ${each}`,
    `tasks   ${tasks.join(', ')}`,
    `setups  ${setups.map(name => `${name} (${suite.setups[name]?.harness.type})`).join(', ')}`,
    `limits  ${[`${formatDuration(longest)} a trial`, most, ...resources].join('; ')}`,
    'Nothing was run.',
  ].join('\n')
}
