import type { Report } from '../model/report.ts'
import type { RunManifest } from '../model/run.ts'
import type { Trial } from '../model/trial.ts'
import { contextNotices } from './context-text.ts'
import { flagSummary } from './flag-text.ts'
import type { Totals } from './totals.ts'

/** What a reader must know before the numbers are believed, one sentence or a few each. */
export function noticesOf(
  { run, trials, warnings, verdict, verdictByHead }: Report,
  { retried }: Totals,
): string[] {
  const again = retried === 1 ? '1 trial was' : `${retried} trials were`
  return [
    ...warnings.map(warning => `warning: ${warning}`),
    ...(retried > 0 ? [`${again} started again after a passing infrastructure fault.`] : []),
    ...flagSummary(trials),
    ...(verdictByHead
      ? [`By the thresholds and baseline in the working tree it would be "${verdictByHead.decision}".`]
      : []),
    ...replayNotice(run),
    ...contextNotices(run, verdict),
    ...networkNotice(run),
    ...trialRemark(trials),
    ...scriptedNotice(run),
  ]
}

function replayNotice({ replay }: RunManifest): string[] {
  if (!replay) return []
  return [
    `A replay of run ${replay.run} (${replay.mode}): the model's answers were recorded ones, so nothing was measured anew, and the costs are those of the recording.`,
  ]
}

function networkNotice({ isolation: { level, networks } }: RunManifest): string[] {
  const open = Object.entries(networks).filter(([, { enforced }]) => !enforced)
  if (open.length === 0) return []
  const wishes = open.map(([name, { policy }]) => `${name} (${policy})`).join(', ')
  return [
    `The network was open, although setups ask for less: ${wishes}. Isolation "${level}" cannot see to it: run with --isolation sandbox.`,
  ]
}

function trialRemark(trials: readonly Trial[]): string[] {
  const noted = trials.filter(({ remarks }) => remarks.length > 0)
  const [first] = noted
  if (!first) return []
  const others =
    noted.length === 1
      ? ''
      : ` (and ${noted.length - 1} more ${noted.length === 2 ? 'trial' : 'trials'} with a remark)`
  return [`${first.id}: ${first.remarks[0]}${others}`]
}

/** Setups whose agent was the built-in double that calls no model. */
export function scriptedSetups({ setups }: RunManifest): string[] {
  return Object.keys(setups).filter(name => setups[name]?.harness === 'scripted')
}

function scriptedNotice(run: RunManifest): string[] {
  const scripted = scriptedSetups(run)
  if (scripted.length === 0) return []
  const who =
    scripted.length === Object.keys(run.setups).length
      ? 'The agent was the built-in scripted harness'
      : `The agent of ${scripted.join(', ')} was the built-in scripted harness`
  return [`${who}: no model was called. Use a real one: "harness: pi" (agent-eval doctor lists them).`]
}
