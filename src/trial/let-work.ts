import type { GatewayReport, HarnessResult, PreparedSource, Workspace } from '../contracts.ts'
import type { Setup, Task } from '../model/suite.ts'
import type { TrialSpec } from '../model/trial.ts'
import type { Refusal } from '../util/proxy.ts'
import { attempt } from './attempt.ts'
import { lookAtPrograms, programRemarks } from './host-programs.ts'
import { openModel, withMetered } from './model.ts'
import { openNetwork } from './network.ts'
import type { TrialParts } from './parts.ts'

/** What was seen around an attempt; told also where the attempt itself came to nothing. */
export interface Seen {
  /** What the agent asked the network for and did not get. */
  refusals: Refusal[]
  /** What a reader should know besides, in whole sentences. */
  remarks: string[]
  /** Why the run's budget ended it; null if it did not. */
  budget: string | null
}

export function nothingSeen(): Seen {
  return { refusals: [], remarks: [], budget: null }
}

/** Opens an agent's ways to its model and to the network, lets it work in a workspace, and closes them again. */
export async function letWork(
  { spec, task, setup }: { spec: TrialSpec; task: Task; setup: Setup },
  { prepared, workspace }: { prepared: PreparedSource; workspace: Workspace },
  { folder, logs, seen, startedAt }: { folder: string; logs: string; seen: Seen; startedAt: string },
  parts: TrialParts,
): Promise<HarnessResult> {
  const path = parts.hostEnv['PATH'] ?? ''
  const before = parts.hostIsOpen ? lookAtPrograms(path) : null
  const volatile = { [workspace.path]: 'WORKSPACE', [folder]: 'TRIAL' }
  const model = await openModel({ ...spec, startedAt }, setup, task, prepared, { logs, volatile }, parts)
  const network = openNetwork(parts.network(setup), parts.hostEnv, model?.door)
  let told: GatewayReport | null = null
  let result: HarnessResult
  try {
    const place = { folder, logs, network: network.access, model }
    const { remarks, ...worked } = await attempt(spec, task, setup, prepared, workspace, place, parts)
    seen.remarks.push(...remarks)
    result = worked
  } finally {
    seen.refusals = await network.close(logs)
    if (before) seen.remarks.push(...programRemarks(before, lookAtPrograms(path)))
    told = (await model?.close()) ?? null
    seen.budget = told?.budget ?? null
  }
  return told ? withMetered(result, told) : result
}
