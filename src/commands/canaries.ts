import pLimit from 'p-limit'
import { toAgentCanary } from '../core/agent-canaries.ts'
import type { AgentCanary } from '../model/agent-canary.ts'
import type { Setup, Suite } from '../model/suite.ts'
import type { TrialSpec } from '../model/trial.ts'
import { pick } from '../registry.ts'
import type { ProgressReporter } from '../contracts.ts'
import { runCanary } from '../trial/canary.ts'
import { redactor } from '../util/redact.ts'
import { onInterrupt } from './interrupt.ts'
import { tell, type Io } from './io.ts'
import { families, openTrialParts, secretsOf, storeFor, type TrialPartsOptions } from './wiring.ts'

/** Two at a time: some agents need half a gigabyte and all of a core to start. */
const atOnce = 2

export interface CanaryJob extends Pick<TrialPartsOptions, 'suite' | 'sandbox' | 'images' | 'budget'> {
  /** Setups that appear in them are tried, each in the source of its first task. */
  specs: readonly TrialSpec[]
  /** Called as each ends. */
  onEnd?: (setup: string, canary: AgentCanary) => void
}

const silent: ProgressReporter = {}

/**
 * Tries the agents of setups, with their own services and models: it costs a few model calls each. By setup, in the order of
 * the suite; setups that ask no model are left out. Null when interrupted.
 */
export async function runCanaries(job: CanaryJob, io: Io): Promise<Record<string, AgentCanary> | null> {
  const { suite, specs, onEnd } = job
  const asking = setupsThatAsk(suite, specs)
  if (asking.length === 0) return {}
  const { text: redacted } = redactor(secretsOf(suite, io.env))
  const interrupt = onInterrupt(io)
  const store = storeFor(io, suite)
  const options = { ...job, runId: 'canaries', store, progress: silent, signal: interrupt.signal }
  const limit = pLimit(atOnce)
  try {
    const { parts, close } = await openTrialParts(options, io)
    try {
      const ended = await Promise.allSettled(
        asking.map(({ setup, source }) =>
          limit(async () => {
            parts.signal.throwIfAborted()
            const { ok, message, attempt } = await runCanary(setup, source, parts)
            const canary = toAgentCanary(ok, redacted(message), attempt)
            onEnd?.(setup.name, canary)
            return [setup.name, canary] as const
          }),
        ),
      )
      const failed = ended.find(each => each.status === 'rejected')
      if (failed) throw failed.reason
      return Object.fromEntries(ended.flatMap(each => (each.status === 'fulfilled' ? [each.value] : [])))
    } finally {
      await close()
    }
  } catch (error) {
    if (interrupt.signal.aborted) return null
    throw error
  } finally {
    interrupt.release()
  }
}

/** The canaries of a run that is about to start, told of on the way. */
export async function canariesOfRun(job: CanaryJob, io: Io): ReturnType<typeof runCanaries> {
  const asking = setupsThatAsk(job.suite, job.specs).map(({ setup }) => setup.name)
  if (asking.length > 0) tell(io, `canaries of ${asking.join(', ')}: a few model calls each`)
  return runCanaries(
    {
      ...job,
      onEnd: (setup, { ok, message }) =>
        tell(
          io,
          ok ? `canary of ${setup}: ${message}` : `canary of ${setup} FAILED, it is not run: ${message}`,
        ),
    },
    io,
  )
}

function setupsThatAsk(suite: Suite, specs: readonly TrialSpec[]): { setup: Setup; source: string }[] {
  return Object.values(suite.setups)
    .filter(setup => asksModel(setup))
    .flatMap(setup => {
      const first = specs.find(spec => spec.setup === setup.name)
      const task = suite.tasks.find(({ id }) => id === first?.task)
      return task ? [{ setup, source: task.source }] : []
    })
}

/** Whether its agent asks a model at all, as far as can be told: the built-in script does not. */
export function asksModel({ harness: { type, config }, model }: Setup): boolean {
  const { apis, endpoints } = pick(families.harnesses, type, 'harness')
  return apis !== undefined || endpoints?.(config, {}, model)?.length !== 0
}
