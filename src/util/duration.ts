import { z } from 'zod'

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
/** Timers of Node overflow, and then fire at once, after 24.8 days. */
const longestMs = 7 * 24 * 3_600_000

/** A length of time as people write it ("500ms", "30s", "15m", "1h", "1.5h"), turned into milliseconds. From 1ms to 168h. */
export const duration = z
  .string({
    error: ({ input }) =>
      typeof input === 'number'
        ? `expected a duration with its unit, got the number ${input}: write ${input}s for seconds or ${input}m for minutes`
        : 'expected a duration such as 30s, 15m or 1h',
  })
  .regex(/^\d+(\.\d+)?(ms|s|m|h)$/, {
    error: ({ input }) =>
      `expected a duration such as 500ms, 30s, 15m or 1h, got "${String(input)}"${bareNumber(input) ? `: write ${input}s for seconds or ${input}m for minutes` : ''}`,
    abort: true,
  })
  .transform(toMs)
  .refine(ms => ms >= 1 && ms <= longestMs, { error: 'expected a duration from 1ms to 168h' })

/** Milliseconds for people: "350ms", "1.5s", "30s", "4m 5s", "1h 2m". */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`
  // Below 10 s a tenth still says something. 9.96 s must not become "10.0s".
  if (ms < 9950) return `${Number((ms / 1000).toFixed(1))}s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return joined(Math.floor(seconds / 60), 'm', seconds % 60, 's')
  const minutes = Math.round(seconds / 60)
  return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'm')
}

function toMs(text: string): number {
  const [, amount, unit] = /^([\d.]+)([a-z]+)$/.exec(text) ?? []
  return Number(amount) * (unitMs[unit ?? ''] ?? Number.NaN)
}

function bareNumber(input: unknown): boolean {
  return typeof input === 'string' && /^\d+$/.test(input)
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit} ${small}${smallUnit}`
}
