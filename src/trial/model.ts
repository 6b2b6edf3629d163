import { InfraError } from '../errors.ts'
import type { GatewayReport, OpenGateway, PreparedSource } from '../contracts.ts'
import type { Setup, Task } from '../model/suite.ts'
import type { Attempt, TranscriptEvent, TrialSpec } from '../model/trial.ts'
import { countToolCalls } from '../core/attempt.ts'
import { hiddenCalls, mainModel } from '../core/main-lane.ts'
import { spentOnCall } from '../core/spent.ts'
import type { Metered } from '../model/model-call.ts'
import type { Spending } from '../model/spending.ts'
import { contextOf } from './context.ts'
import type { TrialParts } from './parts.ts'
import { divergenceOf } from './replay.ts'

/** An agent's way to its model. */
export interface OpenModel extends OpenGateway {
  /** Aborts when the agent has used up what it may. */
  stop: AbortSignal
}

/** Opens the way of one trial's agent to its model; null where it goes its own way. Whoever opens it has to close it. */
export async function openModel(
  start: TrialSpec & Pick<Spending, 'startedAt'>,
  setup: Setup,
  task: Task,
  prepared: PreparedSource,
  place: { logs: string; volatile: Readonly<Record<string, string>> },
  parts: TrialParts,
): Promise<OpenModel | null> {
  const service = parts.service(setup)
  const { id: trial, startedAt } = start
  if (!service) {
    // Nobody counts its calls.
    if (setup.service === 'direct') parts.spend({ trial, startedAt, calls: 0, tokens: null, costUsd: null })
    return null
  }
  const { limits } = task
  const end = new AbortController()
  const open = await parts.gateway().open({
    service,
    key: service.key === null ? null : (parts.hostEnv[service.key] ?? setup.env.set[service.key] ?? null),
    limits: {
      costUsd: limits.maxCostUsd,
      tokens: limits.maxTokens ?? null,
      calls: limits.maxTurns,
      callsPerMinute: limits.maxCallsPerMinute ?? null,
    },
    context: await contextOf(setup, task, prepared, parts),
    ...parts.recording(trial),
    ...place,
    onLimit: reason => end.abort(reason),
    onCall(call) {
      const spent = spentOnCall(call)
      if (spent) parts.spend({ trial, startedAt, ...spent })
    },
  })
  return { ...open, stop: end.signal }
}

/** What the agent did, with what the gateway saw of it: its count stands, and the agent's own is kept beside it. */
export function withMetered(
  result: { attempt: Attempt; transcript: TranscriptEvent[] },
  { metered: seenCalls, calls, failure, transcript }: GatewayReport,
): { attempt: Attempt; transcript: TranscriptEvent[] } {
  const { attempt } = result
  const metered = { ...seenCalls, hidden: hiddenCalls(attempt.turns, calls) }
  const claimed =
    attempt.usage === null && attempt.costUsd === null
      ? null
      : { usage: attempt.usage, costUsd: attempt.costUsd }
  // An agent that was only asked has told nothing of itself.
  const told = result.transcript.some(event => event.type !== 'message' || event.role !== 'user')
  const seen = told ? result.transcript : transcript
  return {
    attempt: {
      ...attempt,
      ...endOf(attempt, metered, failure),
      claimed,
      metered,
      usage: metered.usage ?? attempt.usage,
      costUsd: metered.costUsd ?? attempt.costUsd,
      costSource: sourceOf(attempt, metered),
      turns: attempt.turns ?? metered.calls,
      toolCalls: attempt.toolCalls ?? countToolCalls(seen),
      observedModel: mainModel(calls) ?? attempt.observedModel,
    },
    transcript: seen,
  }
}

function sourceOf(attempt: Attempt, { costUsd, replay }: Metered): Attempt['costSource'] {
  if (replay && (costUsd ?? attempt.costUsd) !== null) return 'replay'
  return costUsd === null ? attempt.costSource : 'prices'
}

/** Agents differ in what they say of a model that failed them: some end as if all were well. */
function endOf(
  attempt: Attempt,
  { limit, replay }: Metered,
  failure: GatewayReport['failure'],
): Pick<Attempt, 'stop' | 'message'> {
  const { stop, message } = attempt
  const because = (reason: string): string => [reason, message].filter(Boolean).join('\n')
  const diverged = divergenceOf(replay)
  if (diverged !== null) return { stop: 'model-error', message: because(diverged) }
  if (limit !== null) return { stop: 'limit', message: because(limit) }
  // Also at the time limit: some ask a service that is down again and again until then, and say nothing.
  if (failure === null || (failure.kind === 'silent' && stop !== 'timeout')) return { stop, message }
  return { stop: failure.kind === 'refused' ? 'refused' : 'model-error', message: because(failure.message) }
}

/** Whether its model's service ended an attempt: then nothing can be said of the agent. */
export function isModelFailure({ stop }: Attempt): boolean {
  return stop === 'refused' || stop === 'model-error'
}

/** The same as an error; passing unless the service refused the agent. */
export function modelFailed({ stop, message, metered }: Attempt): InfraError {
  const diverged = divergenceOf(metered?.replay)
  if (diverged !== null)
    return new InfraError(
      `${diverged}\nReplay loosely, or record the run again: agent-eval run SUITE --record`,
    )
  const said = message ?? 'it gave no reason'
  return stop === 'refused'
    ? new InfraError(
        `the model service refused the agent: ${said}\nCheck the key, the model's name and the address of the service.`,
      )
    : new InfraError(`the model service failed: ${said}`, { transient: true })
}

/** Throws InfraError where the run's budget ended an attempt: the agent did not fail by itself. */
export function checkBudget(budget: string | null | undefined): void {
  if (budget) throw new InfraError(`the budget of the run ended the attempt: ${budget}`)
}

/** Whether an attempt that failed cost nothing: no call was answered. */
export function isFree({ metered, usage, costUsd }: Attempt): boolean {
  return metered ? metered.calls === 0 : usage === null && costUsd === null
}
