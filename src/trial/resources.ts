import type { Exec, ExecResult, ResourceLimits } from '../contracts.ts'
import type { Attempt } from '../model/trial.ts'
import type { Limits } from '../model/suite.ts'
import { formatBytes } from '../util/quantity.ts'

/** The part of a task's limits that the operating system sees to. */
export function resourcesOf({ memoryBytes, cpus, processes }: Limits): ResourceLimits {
  return { memoryBytes, cpus, processes }
}

/** Those limits in words; empty where there is none. */
export function describeResources({ memoryBytes, cpus, processes }: ResourceLimits): string[] {
  return [
    ...(memoryBytes === undefined ? [] : [`memory ${formatBytes(memoryBytes)}`]),
    ...(cpus === undefined ? [] : [`${cpus} ${cpus === 1 ? 'cpu' : 'cpus'}`]),
    ...(processes === undefined ? [] : [`${processes} processes`]),
  ]
}

/** Runs commands as before, and remembers what they use. */
export function counting(exec: Exec): { exec: Exec; seen: ExecResult[] } {
  const seen: ExecResult[] = []
  return {
    seen,
    async exec(request) {
      const result = await exec(request)
      seen.push(result)
      return result
    },
  }
}

/** What a reader should know of the limit to processes, in a sentence; none where it was not reached. */
export function processRemarks(seen: readonly ExecResult[], { processes }: Limits): string[] {
  const refusals = seen.reduce((sum, { used }) => sum + (used?.processRefusals ?? 0), 0)
  if (refusals === 0) return []
  const limit = processes === undefined ? 'the most' : `its limit of ${processes}`
  return [
    `The agent came to ${limit} processes and threads${processes === undefined ? ' that any may have' : ''}: ` +
      `${refusals === 1 ? 'one' : refusals} could not be started (EAGAIN). ` +
      'If its work needs more, give the task a higher limit: `limits: { processes: … }`.',
  ]
}

/** An attempt with what its commands used; one that came to its memory limit says so, and has not just crashed. */
export function withUse(attempt: Attempt, seen: readonly ExecResult[], limits: Limits): Attempt {
  const known = (values: (number | null | undefined)[]): number[] =>
    values.filter(value => value !== null && value !== undefined)
  const peaks = known(seen.map(({ used }) => used?.peakMemoryBytes))
  const cpu = known(seen.map(({ used }) => used?.cpuMs))
  const kills = known(seen.map(({ used }) => used?.memoryKills)).reduce((sum, count) => sum + count, 0)
  const counted = {
    ...attempt,
    peakMemoryBytes: peaks.length === 0 ? null : Math.max(...peaks),
    cpuMs: cpu.length === 0 ? null : cpu.reduce((sum, ms) => sum + ms, 0),
  }
  if (kills === 0 || limits.memoryBytes === undefined) return counted
  const told = `processes ended because the memory limit of ${formatBytes(limits.memoryBytes)} was reached: ${kills}`
  return {
    ...counted,
    stop: attempt.stop === 'crash' ? 'limit' : attempt.stop,
    message: [told, attempt.message].filter(Boolean).join('\n'),
  }
}
