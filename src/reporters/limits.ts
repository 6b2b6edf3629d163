import type { RunManifest } from '../model/run.ts'

/** The limits that a run's tasks ask for and how well they held, in words; null where that is not known. */
export function limitsText({ isolation: { limits } }: RunManifest): string | null {
  if (!limits) return null
  if (limits.asked.length === 0) {
    const isCapped = limits.by === 'cgroup-v1' || limits.by === 'cgroup-v2'
    return isCapped ? `the number of processes (by ${limits.by})` : 'none'
  }
  if (limits.by === 'none') return `${limits.asked.join(' / ')} (not enforced)`
  const missing = limits.missing.length === 0 ? '' : `, but for ${limits.missing.join(', ')}`
  return `${limits.asked.join(' / ')} (by ${limits.by}${missing})`
}
