import type { RunManifest } from '../model/run.ts'

/** The limits that a run's tasks ask for and how well they held, in words; null where none asks for any. */
export function limitsText({ isolation: { limits } }: RunManifest): string | null {
  if (!limits || limits.asked.length === 0) return null
  if (limits.by === 'none') return `${limits.asked.join(' / ')} (not enforced)`
  const missing = limits.missing.length === 0 ? '' : `, but for ${limits.missing.join(', ')}`
  return `${limits.asked.join(' / ')} (by ${limits.by}${missing})`
}
