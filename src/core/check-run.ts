import type { RunManifest } from '../model/run.ts'
import type { Finding } from '../model/finding.ts'
import type { Trial } from '../model/trial.ts'
import { canonicalJson } from '../util/json.ts'
import { closeManifest } from './manifest.ts'
import { parseTrialId } from './trial-id.ts'

/** Whether the plan is whole: every id once, each with a trial, and no trial besides. */
export function checkPlan(manifest: RunManifest, trials: readonly Trial[]): Finding[] {
  const present = new Set(trials.map(({ id }) => id))
  const planned = new Set(manifest.plan)
  const doubled = [...new Set(manifest.plan.filter((id, index) => manifest.plan.indexOf(id) !== index))]
  const problem = (trial: string, message: string): Finding => ({ trial, kind: 'problem', message })
  return [
    ...doubled.map(id => problem(id, 'the plan has it twice')),
    ...[...planned]
      .filter(id => !present.has(id))
      .map(id => problem(id, `it is planned, but has no result (agent-eval run --resume ${manifest.id})`)),
    ...[...present].filter(id => !planned.has(id)).map(id => problem(id, 'it is not in the plan')),
    ...[...new Set([...planned, ...present])]
      .filter(id => !isTrialId(id))
      .map(id => problem(id, 'its id is not task/setup/index')),
  ]
}

/** Whether what the manifest sums up is what its trials add up to. All ids must be well formed. */
export function checkSummaries(manifest: RunManifest, trials: readonly Trial[]): Finding[] {
  const { status, finishedAt } = manifest
  if (status === 'running' || finishedAt === null) {
    const message = 'run.json has no summary yet: the run goes on, or was ended by force'
    return [{ trial: null, kind: 'unknown', message }]
  }
  const derived = closeManifest(manifest, trials, status, finishedAt)
  const wrong = manifest.summaries
    .filter((summary, index) => canonicalJson(summary) !== canonicalJson(derived.summaries[index] ?? null))
    .map(({ setup }) => setup)
  const setups = Object.keys(derived.setups).filter(
    name => canonicalJson(derived.setups[name]) !== canonicalJson(manifest.setups[name]),
  )
  const say = (message: string): Finding => ({ trial: null, kind: 'problem', message })
  return [
    ...(manifest.summaries.length === derived.summaries.length
      ? []
      : [say(`run.json sums up ${manifest.summaries.length} setups, expected ${derived.summaries.length}`)]),
    ...wrong.map(setup => say(`the summary of ${setup} in run.json is not what its trials add up to`)),
    ...setups.map(setup => say(`the agents and models of ${setup} in run.json are not those of its trials`)),
  ]
}

/** Whether an id is one that a plan could have: then it names a folder below the run's, too. */
export function isTrialId(id: string): boolean {
  try {
    const { task, setup } = parseTrialId(id)
    return ![task, setup].some(part => /^\.*$|[\\\0]/.test(part))
  } catch (error) {
    if (error instanceof Error) return false
    throw error
  }
}
